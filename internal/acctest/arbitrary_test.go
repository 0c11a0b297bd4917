package acctest

import (
	"math/big"
	"slices"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tftypes"
)

// This file makes configurations out of bytes.

// source is what a fuzz test gives; when it is used up, there are only zeros.
type source struct{ data []byte }

func (s *source) next() byte {
	if len(s.data) == 0 {
		return 0
	}
	b := s.data[0]
	s.data = s.data[1:]
	return b
}

func (s *source) below(n int) int { return int(s.next()) % n }

// texts are those that mean something somewhere, and their neighbours.
var texts = []string{
	"", "etl-reports", Bucket, ConsumerID, OwnerID, "222222222222 ", "arn:aws:iam::222222222222:role/etl", "arn:aws:iam::222222222222:role/*",
	"arn:aws:iam::222222222222:root", "arn:aws:sts::222222222222:assumed-role/etl/s", "*", "read", "list", "write", "delete", "tag", "read_versions",
	"reports/", "reports", "/", "${aws:username}", "a*b?", "2099-01-01T00:00:00Z", "1999-01-01T00:00:00Z", "0000-00-00", "o-a1b2c3d4e5", "203.0.113.0/24",
	"0.0.0.0/0", "::1", "vpce-0a1b2c3d", "role", "direct", "statement", "output_only", "delegated", "arn:aws:iam::aws:policy/AmazonS3FullAccess",
	"/crossaccount/", "//", "aws:tag", "crossaccount:bucket", "Team", "10m", "-1h", "ünïcödé", "\x00", "\u202e", "etl", "agreed-with-the-consumer",
	"arn:aws:kms:eu-central-1:111111111111:key/1234abcd-12ab-34cd-56ef-1234567890ab",
}

func (s *source) text() string {
	if s.below(4) > 0 {
		return texts[s.below(len(texts))]
	}
	size := min(s.below(32), len(s.data))
	raw := s.data[:size]
	s.data = s.data[size:]
	return string(raw)
}

// value makes a value of any type; unknown ones only where they may be.
func (s *source) value(of tftypes.Type, known bool) tftypes.Value {
	switch kind := s.below(8); {
	case kind == 0:
		return tftypes.NewValue(of, nil)
	case kind == 1 && !known:
		return tftypes.NewValue(of, tftypes.UnknownValue)
	}
	switch kind := of.(type) {
	case tftypes.Object:
		fields := map[string]tftypes.Value{}
		for _, name := range sortedNames(kind.AttributeTypes) {
			fields[name] = s.value(kind.AttributeTypes[name], known)
		}
		return tftypes.NewValue(of, fields)
	case tftypes.Set:
		return tftypes.NewValue(of, distinct(s.elements(kind.ElementType, known)))
	case tftypes.List:
		return tftypes.NewValue(of, s.elements(kind.ElementType, known))
	case tftypes.Map:
		elements := map[string]tftypes.Value{}
		for _, element := range s.elements(kind.ElementType, known) {
			elements[s.text()] = element
		}
		return tftypes.NewValue(of, elements)
	}
	return s.primitive(of)
}

func (s *source) primitive(of tftypes.Type) tftypes.Value {
	switch {
	case of.Is(tftypes.Bool):
		return tftypes.NewValue(of, s.below(2) == 0)
	case of.Is(tftypes.Number):
		number := new(big.Float).SetInt64(int64(s.next())*int64(s.next()) - 1)
		if s.below(8) == 0 {
			number.Quo(number, big.NewFloat(3))
		}
		return tftypes.NewValue(of, number)
	}
	return tftypes.NewValue(of, s.text())
}

func (s *source) elements(of tftypes.Type, known bool) []tftypes.Value {
	var all []tftypes.Value
	for range s.below(4) {
		all = append(all, s.value(of, known))
	}
	return all
}

// distinct drops doubles, which terraform lets into no set.
func distinct(values []tftypes.Value) []tftypes.Value {
	var kept []tftypes.Value
	for _, value := range values {
		if !slices.ContainsFunc(kept, value.Equal) {
			kept = append(kept, value)
		}
	}
	return kept
}

func sortedNames(types map[string]tftypes.Type) []string {
	names := make([]string, 0, len(types))
	for name := range types {
		names = append(names, name)
	}
	slices.Sort(names)
	return names
}

// config makes a configuration of a resource: one that is valid but for some arguments, or one that is all arbitrary.
func (s *source) config(schema *tfprotov6.Schema) tftypes.Value {
	kind, _ := schema.ValueType().(tftypes.Object)
	fields := map[string]tftypes.Value{}
	for name, of := range kind.AttributeTypes {
		fields[name] = tftypes.NewValue(of, nil)
	}
	chosen, known := 256, s.below(2) == 0
	if s.below(4) > 0 {
		fields["name"], fields["bucket"] = text("etl-reports"), text(Bucket)
		fields["consumer"] = consumerOf(kind.AttributeTypes["consumer"])
		chosen = 48
	}
	for _, attribute := range schema.Block.Attributes {
		if (attribute.Optional || attribute.Required) && int(s.next()) < chosen {
			fields[attribute.Name] = s.value(kind.AttributeTypes[attribute.Name], known)
		}
	}
	return tftypes.NewValue(kind, fields)
}

// consumerOf is the smallest consumer.
func consumerOf(of tftypes.Type) tftypes.Value {
	kind, _ := of.(tftypes.Object)
	fields := map[string]tftypes.Value{}
	for name, attribute := range kind.AttributeTypes {
		fields[name] = tftypes.NewValue(attribute, nil)
	}
	fields["account_id"] = text(ConsumerID)
	return tftypes.NewValue(of, fields)
}
