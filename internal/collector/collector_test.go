package collector

import (
	"fmt"
	"os"
	"os/exec"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"
)

// asked makes the test binary tell its settings, before the first collection and after it.
const asked = "COLLECTOR_TELL"

func TestMain(m *testing.M) {
	if os.Getenv(asked) == "" {
		os.Exit(m.Run())
	}
	first := growth()
	runtime.GC()
	// The cleanup that changes it runs on a goroutine of its own.
	for end := time.Now().Add(10 * time.Second); first == firstPercent && growth() == first && time.Now().Before(end); {
		runtime.Gosched()
	}
	fmt.Fprintln(os.Stdout, first, growth())
}

// growth is by how many percent the heap may grow.
func growth() uint64 {
	sample := []metrics.Sample{{Name: "/gc/gogc:percent"}}
	metrics.Read(sample)
	return sample[0].Value.Uint64()
}

func TestSettings(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		environment []string
		want        string
	}{
		"by nobody":                   {want: "400 75"},
		"by the user":                 {environment: []string{"GOGC=100"}, want: "100 100"},
		"by the user, a memory limit": {environment: []string{"GOMEMLIMIT=1GiB"}, want: "100 100"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			self, err := os.Executable()
			if err != nil {
				t.Fatal(err)
			}
			command := exec.CommandContext(t.Context(), self)
			command.Env = append([]string{asked + "=1"}, test.environment...)
			told, err := command.Output()
			if err != nil || strings.TrimSpace(string(told)) != test.want {
				t.Errorf("the process tells %q, %v; want %s", told, err, test.want)
			}
		})
	}
}
