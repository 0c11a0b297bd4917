package s3share

import (
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/diag"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/reconcile"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// notAssumed says that a session cannot be had: what was tried, likely causes, AWS's words.
func notAssumed(wanted share.Assumption, err error) diag.Diagnostic {
	f := failure{
		cannot: fmt.Sprintf("There are no credentials of %s", wanted.RoleARN),
		spec:   share.Spec{ExternalIDs: known(wanted.ExternalID)}, err: err,
	}
	answer, answered := reconcile.AnswerOf(err)
	if !answered {
		return f.diagnose()
	}
	tried := fmt.Sprintf("Tried to assume the role with credentials of account %s, ", answer.AccountID)
	if wanted.ExternalID.IsZero() {
		tried += "without an external ID."
	} else {
		tried += "with an external ID."
	}
	var refused *reconcile.RefusedError
	if errors.As(err, &refused) {
		tried += fmt.Sprintf(" AWS refused it %d times within %d seconds, longer than a new role usually takes to be known.", refused.Tries, refused.Waited/time.Second)
	}
	likely := refusalCauses(wanted, answer)
	paragraphs := keep([]string{tried, likely, wordsOf(answer)})
	return diag.NewErrorDiagnostic(f.cannot, f.masked(strings.Join(paragraphs, "\n\n")))
}

func known(id share.ExternalID) []share.ExternalID {
	if id.IsZero() {
		return nil
	}
	return []share.ExternalID{id}
}

// refusalCauses lists what is likely behind a refusal. AWS tells none of them from the others, so that nobody can probe
// an account.
func refusalCauses(wanted share.Assumption, answer reconcile.Answer) string {
	var likely []string
	switch answer.Meaning {
	case reconcile.SessionTooLong:
		likely = []string{
			fmt.Sprintf("duration_seconds is %d, more than the role's max_session_duration", wanted.Duration/time.Second),
			"the credentials with which the role is assumed are those of a role themselves, and AWS ends sessions of such a chain after one hour: 3600 is the most then",
		}
	case reconcile.Denied:
		id := "the external ID is not one that the role accepts now, perhaps because it was rotated"
		if wanted.ExternalID.IsZero() {
			id = "the role asks for an external ID, and none is given in external_id"
		}
		likely = []string{
			id,
			fmt.Sprintf("account %s, or the user or role of these credentials, is not the consumer of the share: see its summary", answer.AccountID),
			"that user or role lacks permission for sts:AssumeRole on this role: it needs the share's consumer_policy",
			"there is no such role: path and name are part of the ARN, and their case counts",
			"the share has expired, or its perimeter or a policy of either account's organization refuses the call",
		}
	}
	if len(likely) == 0 {
		return ""
	}
	return "Likely causes:" + bulleted(likely)
}
