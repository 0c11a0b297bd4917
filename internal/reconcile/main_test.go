package reconcile_test

import (
	"os"
	"strings"
	"testing"
)

// TestMain takes away what could lead a test to somebody's real account, and certificates that each connection would read.
func TestMain(m *testing.M) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			mustSet(os.Unsetenv(name))
		}
	}
	for _, file := range []string{"AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"} {
		mustSet(os.Setenv(file, os.DevNull))
	}
	mustSet(os.Setenv("AWS_EC2_METADATA_DISABLED", "true"))
	os.Exit(m.Run())
}

func mustSet(err error) {
	if err != nil {
		panic(err)
	}
}
