package awsapi

import (
	"strings"
	"testing"
)

func TestParsersAcceptAndRefuse(t *testing.T) {
	t.Parallel()
	only := func(err error) string {
		if err == nil {
			return ""
		}
		return err.Error()
	}
	parsers := map[string]struct {
		parse  func(string) error
		accept []string
		// refuse has texts with words of the error.
		refuse map[string]string
	}{
		"role ARN": {
			func(s string) error { _, err := ParseRoleARN(s); return err },
			[]string{"arn:aws:iam::111111111111:role/a", "arn:aws-us-gov:iam::111111111111:role/path/a", "arn:aws-cn:iam::111111111111:role/a"},
			map[string]string{
				"": "ARN of a role", "arn:aws:iam::11111111111:role/a": "ARN of a role", "arn:aws:sts::111111111111:assumed-role/a/s": "ARN of a role",
				"arn:aws:iam::111111111111:user/a": "ARN of a role", "a": "ARN of a role",
			},
		},
		"region": {
			func(s string) error { _, err := ParseRegion(s); return err },
			[]string{"us-east-1", "us-gov-west-1", "eusc-de-east-1", "us-isob-east-1", "cn-north-1"},
			map[string]string{"": "region", "Frankfurt": "region", "eu-central": "region", "eu-central-1a": "region"},
		},
		"duration": {
			func(s string) error { _, err := ParseDuration(s); return err },
			[]string{"15m", "1h", "12h", "1h30m", "900s"},
			map[string]string{"900": "not a duration", "14m59s": "15m to 12h", "12h1s": "15m to 12h", "-1h": "15m to 12h"},
		},
		"endpoint": {
			func(s string) error { _, err := ParseEndpoint(s); return err },
			[]string{"https://s3.example.com", "http://127.0.0.1:4566", "https://s3.example.com/prefix"},
			map[string]string{
				"": "not the URL", "s3.example.com": "not the URL", "ftp://s3.example.com": "not the URL", "https://": "not the URL",
				"https://a:b@s3.example.com": "no user", "https://s3.example.com?x=1": "no user", "https://s3.example.com#x": "no user", "%": "not the URL",
			},
		},
		"proxy": {
			func(s string) error { _, err := ParseProxy(s); return err },
			[]string{"http://proxy:3128", "https://user:word@proxy", "socks5://127.0.0.1:1080"},
			map[string]string{"proxy": "not the URL", "": "not the URL", "ftp://proxy": "use http"},
		},
		"retry mode": {
			func(s string) error { _, err := ParseRetryMode(s); return err },
			[]string{"standard", "adaptive"},
			map[string]string{"": "standard or adaptive", "legacy": "standard or adaptive", "Standard": "standard or adaptive"},
		},
	}
	for what, test := range parsers {
		t.Run(what, func(t *testing.T) {
			t.Parallel()
			for _, text := range test.accept {
				if err := test.parse(text); err != nil {
					t.Errorf("%q: %v", text, err)
				}
			}
			for text, words := range test.refuse {
				if got := only(test.parse(text)); !strings.Contains(got, words) {
					t.Errorf("%q: got %q, want …%s…", text, got, words)
				}
			}
		})
	}
}
