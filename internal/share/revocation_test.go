package share_test

import (
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/policy"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestOnlyAPolicyThatRevokesIsARevocation(t *testing.T) {
	t.Parallel()
	noon := time.Date(2028, 2, 1, 12, 0, 0, 0, time.UTC)
	of := func(statement string) string { return `{"Version":"2012-10-17","Statement":[` + statement + `]}` }
	const older = `"Condition":{"DateLessThan":{"aws:TokenIssueTime":"2028-02-01T12:00:00Z"}}`
	for name, c := range map[string]struct {
		document string
		before   time.Time
	}{
		"the provider's":            {share.Render(share.Spec{RevokedBefore: noon}).Revocation.JSON(), noon},
		"the console's":             {of(`{"Effect":"Deny","Action":["*"],"Resource":["*"],"Condition":{"DateLessThan":{"aws:TokenIssueTime":"2028-02-01T12:00:00.250Z"}}}`), noon.Add(250 * time.Millisecond)},
		"with a Sid":                {of(`{"Sid":"Older","Effect":"Deny","Action":"*","Resource":"*",` + older + `}`), noon},
		"in another zone":           {of(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2028-02-01T13:00:00+01:00"}}}`), noon},
		"an Allow":                  {of(`{"Effect":"Allow","Action":"*","Resource":"*",` + older + `}`), time.Time{}},
		"of one action":             {of(`{"Effect":"Deny","Action":"s3:PutObject","Resource":"*",` + older + `}`), time.Time{}},
		"of one object":             {of(`{"Effect":"Deny","Action":"*","Resource":"arn:aws:s3:::acme-data/x",` + older + `}`), time.Time{}},
		"under a further condition": {of(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2028-02-01T12:00:00Z"},"Bool":{"aws:SecureTransport":"false"}}}`), time.Time{}},
		"under a further key":       {of(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"2028-02-01T12:00:00Z","aws:CurrentTime":"2028-02-01T12:00:00Z"}}}`), time.Time{}},
		"of two times":              {of(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":["2028-02-01T12:00:00Z","2029-02-01T12:00:00Z"]}}}`), time.Time{}},
		"of no time":                {of(`{"Effect":"Deny","Action":"*","Resource":"*","Condition":{"DateLessThan":{"aws:TokenIssueTime":"soon"}}}`), time.Time{}},
		"with an Allow beside it":   {of(`{"Effect":"Deny","Action":"*","Resource":"*",` + older + `},{"Effect":"Allow","Action":"*","Resource":"*"}`), time.Time{}},
		"of all but some actions":   {of(`{"Effect":"Deny","NotAction":"s3:GetObject","Resource":"*",` + older + `}`), time.Time{}},
		"empty":                     {`{"Version":"2012-10-17","Statement":[]}`, time.Time{}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			document, err := policy.Parse(c.document)
			if err != nil {
				t.Fatalf("parsing: %v", err)
			}
			if have := share.RevokedBefore(document); !have.Equal(c.before) {
				t.Errorf("it revokes before %v, want %v", have, c.before)
			}
			observed := share.Observed{Inline: []share.NamedPolicy{{Name: share.RevocationPolicyName, Document: document}}}
			if strangers := len(observed.Strangers()); (strangers == 1) != c.before.IsZero() {
				t.Errorf("%d policies of somebody else's", strangers)
			}
		})
	}
}
