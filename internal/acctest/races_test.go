package acctest

import (
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// Several processes of terraform with states of their own write one bucket policy at once. Who loses statements after all
// learns of it by the next plan, and the next apply brings them back; statements that nobody takes out stay.
func TestProcessesRaceForOneBucketPolicy(t *testing.T) {
	RequireCLI(t)
	t.Parallel()
	mirror, cli := built(t)
	w := NewWorld(t, awssim.Options{})
	w.PutBucketPolicy(t, others)
	var places []*place
	for range 3 {
		places = append(places, newPlace(t, mirror, cli))
	}
	rounds := 1
	if *whole {
		rounds = 20
	}
	for round := range rounds {
		var all sync.WaitGroup
		results := make([]workspace.Result, len(places))
		for i, p := range places {
			p.write(t, w.numbered(i, fmt.Sprintf("round%d/", round)))
			all.Go(func() { results[i] = p.run(t, "apply", "-auto-approve") })
		}
		all.Wait()
		for i, result := range results {
			w.mustKnowWhatIsThere(t, places[i], result, fmt.Sprintf("/round%d/", round))
		}
		if err := keeps(others, w.BucketPolicy(t)); err != nil {
			t.Error(err)
		}
	}
	for _, p := range places {
		p.mustRun(t, "destroy", "-auto-approve")
	}
	w.mustBeEmpty(t)
}

// numbered is a configuration with a share of its own name.
func (w *World) numbered(i int, prefix string) string {
	share := Share(WholeAccount, fmt.Sprintf("prefixes = [%q]", prefix))
	return required + w.Provider() + strings.Replace(share, `"etl-reports"`, fmt.Sprintf(`"etl-%d"`, i), 1)
}

// mustKnowWhatIsThere fails when a run said that all is well, the next plan says so, too, and it is not.
func (w *World) mustKnowWhatIsThere(t *testing.T, p *place, result workspace.Result, prefix string) {
	t.Helper()
	planned := p.run(t, "plan", "-detailed-exitcode")
	switch {
	case planned.Code == 0 && result.Code == 0:
	case planned.Code == 2:
		t.Logf("a run lost its statements after it had read them back, and the next plan shows it")
		p.mustRun(t, "apply", "-auto-approve")
	default:
		t.Errorf("apply ended with %d and the plan after it with %d:\n%s%s", result.Code, planned.Code, result.Stderr, planned.Stderr)
	}
	if !strings.Contains(w.BucketPolicy(t), prefix) {
		t.Errorf("no statement in the bucket policy is about %s", prefix)
	}
}
