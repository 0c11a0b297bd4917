package acctest

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// Each alias of the provider is a process of its own, such as one for each consumer. In one run they write one bucket policy
// without taking one another's statements out.
func TestAliasesShareOneBucket(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	for name, mode := range map[string]string{"own statements": "statement", "a pair in common": "delegated"} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			p, w := newPlace(t, mirror, cli), NewWorld(t, awssim.Options{CallLatency: 20 * time.Millisecond})
			w.PutBucketPolicy(t, others)
			const aliases, each = 4, 3
			config := func(prefix string) string {
				text := required
				for i := range aliases {
					share := Share(WholeAccount, fmt.Sprintf("prefixes = [%q]\n  bucket_policy_mode = %q\n  count = %d\n  provider = crossaccount.a%d", prefix, mode, each, i))
					share = strings.Replace(share, `"etl-reports"`, fmt.Sprintf(`"a%d-${count.index}"`, i), 1)
					text += w.Provider(fmt.Sprintf("alias = \"a%d\"", i)) + strings.Replace(share, `"test"`, fmt.Sprintf(`"a%d"`, i), 1)
				}
				return text
			}
			for _, prefix := range []string{"first/", "second/"} {
				p.write(t, config(prefix))
				p.mustRun(t, "apply", "-auto-approve", "-parallelism=50")
				p.mustRun(t, "plan", "-detailed-exitcode")
				policy := w.BucketPolicy(t)
				if err := keeps(others, policy); err != nil {
					t.Error(err)
				}
				if statements := strings.Count(policy, "data/"+prefix+"*"); mode == "statement" && statements != aliases*each {
					t.Errorf("%d of %d statements are there", statements, aliases*each)
				}
			}
			p.mustRun(t, "destroy", "-auto-approve", "-parallelism=50")
			w.mustBeEmpty(t)
		})
	}
}
