package awsapi

import (
	"context"
	"os"
	"strings"
	"testing"
	"time"
)

// TestMain takes away everything that could lead a test to somebody's real account.
func TestMain(m *testing.M) {
	for _, variable := range os.Environ() {
		if name, _, _ := strings.Cut(variable, "="); strings.HasPrefix(name, "AWS_") {
			mustSet(os.Unsetenv(name))
		}
	}
	for name, value := range map[string]string{
		"AWS_EC2_METADATA_DISABLED": "true", "AWS_CONFIG_FILE": os.DevNull, "AWS_SHARED_CREDENTIALS_FILE": os.DevNull,
	} {
		mustSet(os.Setenv(name, value))
	}
	os.Exit(m.Run())
}

func mustSet(err error) {
	if err != nil {
		panic(err)
	}
}

// Keys of nobody, for servers that check no signature.
var testKeys = Keys{AccessKey: "AKIAEXAMPLE", SecretKey: "example-secret", Token: "example-token"}

// connectionTo reaches every service at one URL and waits for nothing between attempts.
func connectionTo(url string, keys Keys) Connection {
	return Connection{
		Side: OwnerSide, Version: "test", Region: "eu-central-1", Keys: keys, S3UsePathStyle: true,
		Endpoints: Endpoints{IAM: url, S3: url, STS: url, S3Control: url, KMS: url, AccessAnalyzer: url},
		Delay:     func(time.Duration) time.Duration { return 0 },
	}
}

func mustConnect(t *testing.T, c Connection) *Account {
	t.Helper()
	account, err := Connect(context.Background(), c)
	if err != nil {
		t.Fatalf("connecting: %v", err)
	}
	return account
}

// pauses is a Pause that only notes how long it was asked to wait.
type pauses struct{ asked []time.Duration }

func (p *pauses) pause(ctx context.Context, duration time.Duration) error {
	p.asked = append(p.asked, duration)
	return ctx.Err()
}
