package acctest

import (
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"
	"github.com/hashicorp/terraform-plugin-testing/terraform"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// This file tests whose statements are whose in a bucket policy.

// theirs are policies of other people, in shapes that a careless copy would change.
var theirs = map[string]string{
	"no policy": "",
	"an old policy with everything in it": `{"Version":"2008-10-17","Id":"Policy of others/1","Statement":[
		{"Sid":"Deny insecure transport","Effect":"Deny","Principal":"*","Action":"s3:*","Resource":["arn:aws:s3:::acme-data","arn:aws:s3:::acme-data/*"],
			"Condition":{"Bool":{"aws:SecureTransport":false}}},
		{"Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/public/${aws:username}/*"},
		{"Sid":"","Effect":"Deny","Principal":{"AWS":["arn:aws:iam::333333333333:root","arn:aws:iam::333333333333:role/etl"]},
			"NotAction":["s3:ListBucket","s3:GetObject"],"NotResource":"arn:aws:s3:::acme-data/public/*",
			"Condition":{"NumericLessThan":{"s3:TlsVersion":1.2},"Null":{"aws:MultiFactorAuthAge":true},"StringLike":{"aws:UserAgent":["<é>&","*"]}}},
		{"Sid":"Same","Effect":"Allow","Principal":{"Service":["logging.s3.amazonaws.com","cloudtrail.amazonaws.com"]},"Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/logs/*"},
		{"Sid":"Same","Effect":"Allow","Principal":{"Service":"logging.s3.amazonaws.com"},"Action":"s3:PutObject","Resource":"arn:aws:s3:::acme-data/more/*"}
	]}`,
	"one statement that is no list, without Version": `{"Statement":{"Effect":"Allow","Principal":{"AWS":"arn:aws:iam::333333333333:role/etl"},"Action":["s3:GetObject"],"Resource":["arn:aws:s3:::acme-data/*"]}}`,
	"statements that only look like a share's": `{"Version":"2012-10-17","Statement":[
		{"Sid":"Crossaccountetlreports","Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/x/*"},
		{"Sid":"CrossaccountObjects","Effect":"Allow","Principal":{"AWS":"333333333333"},"Action":"s3:GetObject","Resource":"arn:aws:s3:::acme-data/y/*"}
	]}`,
}

// Somebody else's statements stay the raw JSON that S3 gave, in their order, through a whole life; what S3 gives
// afterwards is what it gave before.
func TestStatementsOfOthersStay(t *testing.T) {
	RequireCLI(t)
	for name, policy := range theirs {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			if policy != "" {
				w.PutBucketPolicy(t, policy)
			}
			before := w.BucketPolicy(t)
			sent := w.record(t)
			kept := func(*terraform.State) error {
				if err := keeps(before, w.BucketPolicy(t)); err != nil {
					return err
				}
				for _, body := range sent.take() {
					if err := keeps(before, body); err != nil {
						return fmt.Errorf("in what was sent to S3: %w", err)
					}
				}
				return nil
			}
			var steps []resource.TestStep
			for _, arguments := range [][]string{
				{OnlyEtl},
				{OnlyEtl, `access = ["read", "list", "write", "delete"]`, `prefixes = ["reports/", "more/"]`},
				{WholeAccount, `access = ["list"]`},
				{WholeAccount, `perimeter = { source_ips = ["203.0.113.0/24"], source_vpce_ids = ["vpce-0a1b2c3d"] }`},
				{OnlyEtl, `expires_at = "2099-01-01T00:00:00Z"`},
			} {
				steps = append(steps, resource.TestStep{Config: sent.provider() + Share(arguments...), Check: kept, ConfigPlanChecks: nothingLeft})
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
			for _, body := range sent.take() {
				if err := keeps(before, body); err != nil {
					t.Errorf("in what destroy sent to S3: %v", err)
				}
			}
			if after := w.BucketPolicy(t); after != before {
				t.Errorf("the bucket policy was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// keeps fails unless now is before with statements of ours in it and nothing else changed.
func keeps(before, now string) error {
	was, err := cut(before)
	if err != nil {
		return err
	}
	is, err := cut(now)
	if err != nil {
		return err
	}
	if before != "" && (was.Version != is.Version || was.ID != is.ID) {
		return fmt.Errorf("version %q and Id %q became %q and %q", was.Version, was.ID, is.Version, is.ID)
	}
	if !slices.Equal(was.theirs, is.theirs) {
		return fmt.Errorf("somebody else's statements were\n%s\nand are\n%s", strings.Join(was.theirs, "\n"), strings.Join(is.theirs, "\n"))
	}
	if len(was.ours) != 0 || len(is.ours) == 0 && before == "" {
		return fmt.Errorf("before there are %d statements of the share, then %d", len(was.ours), len(is.ours))
	}
	return nil
}

// ourSid is that of a share: its name, 12 hexadecimal digits, a purpose.
var ourSid = regexp.MustCompile(`^Crossaccount[0-9A-Za-z]+[0-9a-f]{12}(Objects|Listing)(FromAddresses|ThroughEndpoints)?$`)

// pieces are the parts of a bucket policy, statements as raw JSON.
type pieces struct {
	Version, ID  string
	theirs, ours []string
}

func cut(text string) (pieces, error) {
	var p pieces
	if text == "" {
		return p, nil
	}
	var document struct {
		Version, ID string
		Statement   json.RawMessage
	}
	if err := json.Unmarshal([]byte(text), &document); err != nil {
		return p, fmt.Errorf("cutting %s: %w", text, err)
	}
	p.Version, p.ID = document.Version, document.ID
	var statements []json.RawMessage
	if err := json.Unmarshal(document.Statement, &statements); err != nil {
		statements = []json.RawMessage{document.Statement}
	}
	for _, raw := range statements {
		var named struct{ Sid string }
		if err := json.Unmarshal(raw, &named); err != nil {
			return p, fmt.Errorf("cutting %s: %w", raw, err)
		}
		if ourSid.MatchString(named.Sid) {
			p.ours = append(p.ours, string(raw))
		} else {
			p.theirs = append(p.theirs, string(raw))
		}
	}
	return p, nil
}

func TestKeepsSeesWhatIsLost(t *testing.T) {
	t.Parallel()
	const before = `{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny"},{"Effect":"Allow"}]}`
	const ours = `{"Sid":"Crossaccountetlreports0123456789abObjects"}`
	for name, c := range map[string]struct {
		now  string
		good bool
	}{
		"ours beside them":   {`{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny"},` + ours + `,{"Effect":"Allow"}]}`, true},
		"one lost":           {`{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny"},` + ours + `]}`, false},
		"another order":      {`{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Allow"},{"Sid":"A","Effect":"Deny"}]}`, false},
		"one written anew":   {`{"Version":"2008-10-17","Id":"x","Statement":[{"Effect":"Deny","Sid":"A"},{"Effect":"Allow"}]}`, false},
		"another Version":    {`{"Version":"2012-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny"},{"Effect":"Allow"}]}`, false},
		"the Id taken away":  {`{"Version":"2008-10-17","Statement":[{"Sid":"A","Effect":"Deny"},{"Effect":"Allow"}]}`, false},
		"somebody's one too": {`{"Version":"2008-10-17","Id":"x","Statement":[{"Sid":"A","Effect":"Deny"},{"Effect":"Allow"},{"Sid":"Crossaccount"}]}`, false},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if err := keeps(before, c.now); (err == nil) != c.good {
				t.Errorf("keeps says %v", err)
			}
		})
	}
}

// reads lets role other of the consumer assume the role of a share and read an object with it.
func (w *World) reads(t *testing.T, state *terraform.State, share, key string) error {
	t.Helper()
	attributes := state.RootModule().Resources["crossaccount_s3_share."+share].Primary.Attributes
	session, err := w.Assume(t.Context(), w.Consumer.RoleSession("other", "i-1"), attributes["role_arn"], attributes["external_id"])
	if err != nil {
		return fmt.Errorf("assuming the role of share %s: %w", share, err)
	}
	if _, err = w.Get(t.Context(), session, key); err != nil {
		return fmt.Errorf("reading %s with share %s: %w", key, share, err)
	}
	return nil
}

// named is a share of the whole account under a name.
func named(resource, name, argument string) string {
	return fmt.Sprintf("resource \"crossaccount_s3_share\" %q {\n  name   = %q\n  bucket = %q\n  %s\n%s\n}\n", resource, name, Bucket, argument, WholeAccount)
}

// Shares on one bucket that are made and taken away in one run leave one another alone, also under names that share the
// beginning of a Sid, or a Sid without its digits.
func TestSharesOnOneBucket(t *testing.T) {
	RequireCLI(t)
	for situation, names := range map[string][]string{
		"two shares":                   {"alpha", "beta"},
		"names that could be confused": {"etl", "etlObjects", "etl-Objects", "etlListing", "etl_reports", "etl-reports"},
	} {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			w := NewWorld(t, awssim.Options{})
			w.PutBucketPolicy(t, theirs["an old policy with everything in it"])
			before := w.BucketPolicy(t)
			var steps []resource.TestStep
			// All in the first run; then one share after the other goes.
			for first := range names {
				config := w.Provider()
				for i := first; i < len(names); i++ {
					w.Put(t, fmt.Sprintf("p%d/x", i), "x")
					config += named(fmt.Sprintf("s%d", i), names[i], fmt.Sprintf("prefixes = [\"p%d/\"]", i))
				}
				steps = append(steps, resource.TestStep{Config: config, ConfigPlanChecks: nothingLeft, Check: func(state *terraform.State) error {
					return errors.Join(w.countStatements(t, before, len(names)-first), w.readOwn(t, state, first, len(names)))
				}})
			}
			resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: steps})
			w.mustBeEmpty(t)
			if after := w.BucketPolicy(t); after != before {
				t.Errorf("the bucket policy was\n%s\nand is\n%s", before, after)
			}
		})
	}
}

// countStatements checks that the bucket policy has that many statements of shares and all of before.
func (w *World) countStatements(t *testing.T, before string, want int) error {
	t.Helper()
	policy := w.BucketPolicy(t)
	is, err := cut(policy)
	if err == nil && len(is.ours) != want {
		err = fmt.Errorf("there are %d statements of shares, not %d: %s", len(is.ours), want, policy)
	}
	return errors.Join(err, keeps(before, policy))
}

// readOwn checks that each of the shares s<first> to s<end-1> reads below its p<i>/ and at no other's.
func (w *World) readOwn(t *testing.T, state *terraform.State, first, end int) error {
	t.Helper()
	var wrong []error
	for i := first; i < end; i++ {
		for j := first; j < end; j++ {
			err := w.reads(t, state, fmt.Sprintf("s%d", i), fmt.Sprintf("p%d/x", j))
			if i != j {
				err = mustBe("AccessDenied", err)
			}
			wrong = append(wrong, err)
		}
	}
	return errors.Join(wrong...)
}

// Terraform runs ten operations at a time, so that thirty shares come in three rounds. The group commit promises one
// write for all that wait together, so three; one more wherever an operation begins just after its neighbours' round
// did, for which the bound leaves room. Calls take a while, as on AWS: where they take none, operations hardly overlap.
func TestManySharesTakeFewWrites(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	const shares, most = 30, 10
	w := NewWorld(t, awssim.Options{CallLatency: 50 * time.Millisecond})
	w.PutBucketPolicy(t, theirs["an old policy with everything in it"])
	before := w.BucketPolicy(t)
	w.Sim.ResetCalls()
	config := fmt.Sprintf("resource \"crossaccount_s3_share\" \"many\" {\n  count  = %d\n  name   = \"many-${count.index}\"\n  bucket = %q\n%s\n}\n", shares, Bucket, WholeAccount)
	resource.Test(t, resource.TestCase{ProtoV6ProviderFactories: Factories(), Steps: []resource.TestStep{{
		Config: w.Provider() + config, ConfigPlanChecks: nothingLeft,
		Check: func(*terraform.State) error {
			w.mustHaveWritten(t, most)
			w.Sim.ResetCalls()
			return w.countStatements(t, before, shares)
		},
	}}})
	w.mustHaveWritten(t, most)
	if after := w.BucketPolicy(t); after != before {
		t.Errorf("the bucket policy was\n%s\nand is\n%s", before, after)
	}
}

// mustHaveWritten bounds the writes of the bucket policy since the calls were reset.
func (w *World) mustHaveWritten(t *testing.T, most int) {
	t.Helper()
	writes := 0
	for _, call := range w.Sim.Calls() {
		if call.Operation == "PutBucketPolicy" || call.Operation == "DeleteBucketPolicy" {
			writes++
		}
	}
	t.Logf("the bucket policy was written %d times", writes)
	if writes == 0 || writes > most {
		t.Errorf("the bucket policy was written %d times, want 1 to %d", writes, most)
	}
}
