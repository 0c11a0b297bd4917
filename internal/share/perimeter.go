package share

import (
	"fmt"
	"net/netip"
	"slices"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
)

// Perimeter has the extra conditions of a share, each put where it can take effect:
//
//   - PrincipalOrgID in the trust policy. After AssumeRole the principal is the owner's role, so that on the
//     bucket aws:PrincipalOrgID would be the owner's organization. A direct share has it on the bucket.
//   - SourceIPs and SourceVPCEIDs on the S3 calls. A request has aws:SourceIp or aws:SourceVpce, never both (IAM User
//     Guide, "AWS global condition context keys"), so with both given either of them lets a request in.
//   - On AssumeRole the same, but endpoints alone put no condition there: an endpoint for S3 never carries a call to
//     STS, and the consumer would be locked out.
type Perimeter struct {
	PrincipalOrgID string
	SourceIPs      []string
	SourceVPCEIDs  []string
}

var (
	orgIDPattern  = newPattern(`^o-[a-z0-9]{10,32}$`)
	vpceIDPattern = newPattern(`^vpce-([0-9a-f]{8}|[0-9a-f]{17})$`)
)

// ParseOrgID accepts the ID of an organization of AWS Organizations.
func ParseOrgID(text string) (string, error) {
	if !orgIDPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the ID of an organization: it is written o- and 10 to 32 lower-case letters and digits", text)
	}
	return text, nil
}

// ParseSourceIP accepts an IPv4 or IPv6 address or range in CIDR notation and refuses one that covers everything.
func ParseSourceIP(text string) (string, error) {
	if address, err := netip.ParseAddr(text); err == nil && address.Zone() == "" {
		return text, nil
	}
	prefix, err := netip.ParsePrefix(text)
	if err != nil {
		return "", fmt.Errorf("%q is neither an IP address nor a range in CIDR notation", text)
	}
	if prefix.Bits() == 0 {
		return "", fmt.Errorf("%q covers every address and limits nothing: leave source_ips out instead", text)
	}
	if prefix != prefix.Masked() {
		return "", fmt.Errorf("%q has bits set behind its mask: the range is written %s", text, prefix.Masked())
	}
	return text, nil
}

// ParseVPCEndpointID accepts the ID of a VPC endpoint.
func ParseVPCEndpointID(text string) (string, error) {
	if !vpceIDPattern.MatchString(text) {
		return "", fmt.Errorf("%q is not the ID of a VPC endpoint: it is written vpce- and 8 or 17 hexadecimal digits", text)
	}
	return text, nil
}

// Suffixes of entrances, where a share has two.
const (
	fromAddresses    = "FromAddresses"
	throughEndpoints = "ThroughEndpoints"
)

// entrance is one way into the share: the conditions of the network that a request comes from.
type entrance struct {
	suffix     string // ends the Sid of statements for this entrance
	conditions policy.Condition
}

// callEntrances are the ways in for calls to S3.
func (p Perimeter) callEntrances() []entrance {
	addresses := entrance{fromAddresses, policy.Condition{"IpAddress": {"aws:SourceIp": sorted(p.SourceIPs)}}}
	endpoints := entrance{throughEndpoints, policy.Condition{"StringEquals": {"aws:SourceVpce": sorted(p.SourceVPCEIDs)}}}
	switch {
	case len(p.SourceIPs) > 0 && len(p.SourceVPCEIDs) > 0:
		return []entrance{addresses, endpoints}
	case len(p.SourceIPs) > 0:
		return []entrance{{conditions: addresses.conditions}}
	case len(p.SourceVPCEIDs) > 0:
		return []entrance{{conditions: endpoints.conditions}}
	}
	return []entrance{{conditions: policy.Condition{}}}
}

// assumeEntrances are the ways in for AssumeRole.
func (p Perimeter) assumeEntrances() []entrance {
	if len(p.SourceIPs) == 0 {
		return []entrance{{conditions: policy.Condition{}}}
	}
	return p.callEntrances()
}

// restrict adds a condition; keys of one operator are joined.
func restrict(conditions policy.Condition, operator, key string, values ...string) {
	if conditions[operator] == nil {
		conditions[operator] = map[string]policy.Values{}
	}
	conditions[operator][key] = values
}

// Expiry is ExpiresAt as policies write it.
func (s Spec) Expiry() string { return s.ExpiresAt.UTC().Format(time.RFC3339) }

// restrictTime ends a statement's life at the share's expiry.
func (s Spec) restrictTime(conditions policy.Condition) {
	if !s.ExpiresAt.IsZero() {
		restrict(conditions, "DateLessThan", "aws:CurrentTime", s.Expiry())
	}
}

// copyConditions keeps the statements of a document from sharing a map.
func copyConditions(conditions policy.Condition) policy.Condition {
	fresh := policy.Condition{}
	for operator, keys := range conditions {
		for key, values := range keys {
			restrict(fresh, operator, key, values...)
		}
	}
	return fresh
}

func sorted(values []string) []string {
	fresh := slices.Clone(values)
	slices.Sort(fresh)
	return slices.Compact(fresh)
}
