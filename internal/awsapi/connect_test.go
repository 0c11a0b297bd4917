package awsapi

import (
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

func TestConnectRefusesWhatCannotBeRight(t *testing.T) {
	t.Parallel()
	tests := map[string]struct {
		change    func(*Connection)
		attribute string
		words     string
	}{
		"access_key alone": {func(c *Connection) { c.Keys = Keys{AccessKey: "AKIAEXAMPLE"} }, "access_key", "without secret_key"},
		"secret_key alone": {func(c *Connection) { c.Keys = Keys{SecretKey: "example-secret"} }, "secret_key", "without access_key"},
		"token alone":      {func(c *Connection) { c.Keys = Keys{Token: "example-token"} }, "token", "without access_key"},
		"plain http to another machine": {
			func(c *Connection) { c.Endpoints.S3 = "http://s3.example.com" }, "endpoints.s3", "http://s3.example.com is not encrypted",
		},
		"plain http to an address that only looks local": {
			func(c *Connection) { c.Endpoints.IAM = "http://127.0.0.1.example.com" }, "endpoints.iam", "is not encrypted",
		},
		"plain http for a service that is not called yet": {
			func(c *Connection) { c.Endpoints.KMS = "http://kms.example.com" }, "endpoints.kms", "is not encrypted",
		},
		"an endpoint without scheme": {func(c *Connection) { c.Endpoints.STS = "sts.example.com" }, "endpoints.sts", "not the URL of an endpoint"},
		"an endpoint with a password": {
			func(c *Connection) { c.Endpoints.STS = "https://user:example-password@sts.example.com" }, "endpoints.sts", "no user",
		},
		"a proxy that is none":    {func(c *Connection) { c.HTTPProxy = "proxy:3128:1" }, "http_proxy", "not the URL of a proxy"},
		"a bundle that is absent": {func(c *Connection) { c.CustomCABundle = "absent.pem" }, "custom_ca_bundle", "absent.pem"},
		"a profile that is absent": {
			func(c *Connection) { c.Profile = "absent" }, "", "absent",
		},
		"a role of the chain without ARN": {
			func(c *Connection) { c.AssumeRoles = []AssumeRole{{RoleARN: "arn:aws:iam::111111111111:role/a"}, {}} },
			"assume_role[1].role_arn", "empty",
		},
		"a web identity without role": {
			func(c *Connection) { c.WebIdentity = &WebIdentity{Token: "example-token"} },
			"assume_role_with_web_identity.role_arn", "AWS_ROLE_ARN",
		},
		"a web identity without token": {
			func(c *Connection) { c.WebIdentity = &WebIdentity{RoleARN: "arn:aws:iam::111111111111:role/a"} },
			"assume_role_with_web_identity.web_identity_token_file", "AWS_WEB_IDENTITY_TOKEN_FILE",
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			t.Parallel()
			connection := connectionTo("http://127.0.0.1:1", testKeys)
			test.change(&connection)
			_, err := Connect(background(), connection)
			var refused *ConnectionError
			if !errors.As(err, &refused) || refused.Attribute != test.attribute || !strings.Contains(err.Error(), test.words) {
				t.Errorf("got %v, want %s: …%s…", err, test.attribute, test.words)
			}
			if err != nil && (strings.Contains(err.Error(), "example-secret") || strings.Contains(err.Error(), "example-password")) {
				t.Errorf("the error gives a secret away: %v", err)
			}
		})
	}
}

func TestConnectAcceptsPlainHTTPWhereItMay(t *testing.T) {
	t.Parallel()
	for _, url := range []string{"http://127.0.0.1:4566", "http://localhost:4566", "http://[::1]:4566", "http://s3.localhost", "https://s3.example.com"} {
		if _, err := Connect(background(), connectionTo(url, testKeys)); err != nil {
			t.Errorf("%s: %v", url, err)
		}
	}
	open := connectionTo("http://moto.example.com:5000", testKeys)
	open.Insecure = true
	if _, err := Connect(background(), open); err != nil {
		t.Errorf("plain http with insecure: %v", err)
	}
}

// The environment names endpoints, too; nothing goes there either.
func TestPlainEndpointOfTheEnvironmentIsNotCalled(t *testing.T) {
	t.Setenv("AWS_ENDPOINT_URL_STS", "http://sts.example.invalid")
	connection := connectionTo("", testKeys)
	_, err := mustConnect(t, connection).Identity(background())
	var plain *PlainEndpointError
	if !errors.As(err, &plain) || plain.Service != "STS" {
		t.Errorf("got %v, want a refusal of the endpoint", err)
	}
	connection.Insecure, connection.MaxRetries = true, new(int)
	if _, err = mustConnect(t, connection).Identity(background()); err == nil || errors.As(err, &plain) {
		t.Errorf("with insecure: got %v, want that there is no such host", err)
	}
}

// recorder notes the headers of the last request and answers GetCallerIdentity.
type recorder struct{ header http.Header }

func (r *recorder) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	r.header = request.Header.Clone()
	_, _ = fmt.Fprint(w, `<GetCallerIdentityResponse><GetCallerIdentityResult><Arn>arn:aws-cn:iam::111111111111:user/ann</Arn>`+
		`<UserId>AIDAEXAMPLE</UserId><Account>111111111111</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`)
}

func TestConnectionFallsBackToEnvironmentAndFiles(t *testing.T) {
	files := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(files, name)
		if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
		return path
	}
	shared := write("credentials", "[default]\naws_access_key_id = AKIADEFAULT\naws_secret_access_key = x\n"+
		"[work]\naws_access_key_id = AKIAWORK\naws_secret_access_key = x\n")
	configured := write("config", "[profile work]\nregion = eu-west-3\n")
	tests := map[string]struct {
		environment map[string]string
		change      func(*Connection)
		key, region string
	}{
		"keys and region of the environment": {
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-north-1"}, nil, "AKIAENV", "eu-north-1",
		},
		"arguments win over the environment": {
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x", "AWS_REGION": "eu-north-1"},
			func(c *Connection) { c.Keys, c.Region = testKeys, "sa-east-1" }, "AKIAEXAMPLE", "sa-east-1",
		},
		"files of the environment": {
			map[string]string{"AWS_SHARED_CREDENTIALS_FILE": shared, "AWS_CONFIG_FILE": configured, "AWS_PROFILE": "work"}, nil, "AKIAWORK", "eu-west-3",
		},
		"files of the arguments, and no region anywhere": {
			nil, func(c *Connection) { c.SharedCredentialsFiles = []string{shared} }, "AKIADEFAULT", "us-east-1",
		},
		"a profile of the arguments wins over keys of the environment": {
			map[string]string{"AWS_ACCESS_KEY_ID": "AKIAENV", "AWS_SECRET_ACCESS_KEY": "x"},
			func(c *Connection) {
				c.Profile, c.SharedCredentialsFiles, c.SharedConfigFiles = "work", []string{shared}, []string{configured}
			}, "AKIAWORK", "eu-west-3",
		},
	}
	for situation, test := range tests {
		t.Run(situation, func(t *testing.T) {
			for name, value := range test.environment {
				t.Setenv(name, value)
			}
			seen := &recorder{}
			server := httptest.NewServer(seen)
			t.Cleanup(server.Close)
			connection := connectionTo(server.URL, Keys{})
			connection.Region = ""
			if test.change != nil {
				test.change(&connection)
			}
			identity, err := mustConnect(t, connection).Identity(background())
			if err != nil || identity.AccountID != "111111111111" || identity.Partition != "aws-cn" {
				t.Fatalf("identity is %+v, %v", identity, err)
			}
			if scope := seen.header.Get("Authorization"); !strings.Contains(scope, "Credential="+test.key+"/") ||
				!strings.Contains(scope, "/"+test.region+"/sts/") {
				t.Errorf("signed as %s, want key %s in region %s", scope, test.key, test.region)
			}
			if agent := seen.header.Get("User-Agent"); !strings.Contains(agent, "terraform-provider-crossaccount/test") {
				t.Errorf("the user agent is %q", agent)
			}
		})
	}
}

func TestEndpointOfStsServesTheRoleOfAProfileToo(t *testing.T) {
	files := t.TempDir()
	path := filepath.Join(files, "config")
	text := "[profile hop]\nrole_arn = arn:aws:iam::111111111111:role/hop\ncredential_source = Environment\nregion = eu-west-3\n"
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	t.Setenv("AWS_ACCESS_KEY_ID", "AKIAENV")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "x")
	var actions []string
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if err := r.ParseForm(); err != nil {
			t.Error(err)
		}
		actions = append(actions, r.PostForm.Get("Action"))
		refuse(w, http.StatusForbidden, "AccessDenied", "not authorized")
	}))
	t.Cleanup(server.Close)
	connection := connectionTo(server.URL, Keys{})
	connection.Profile, connection.SharedConfigFiles = "hop", []string{path}
	if _, err := mustConnect(t, connection).Identity(background()); err == nil || !strings.Contains(err.Error(), "StatusCode: 403") {
		t.Errorf("got %v, want the refusal of the server", err)
	}
	if got := strings.Join(actions, " "); got != "AssumeRole" {
		t.Errorf("the server saw %q, want AssumeRole", got)
	}
}

func TestSecretsDoNotPrint(t *testing.T) {
	t.Parallel()
	id, err := share.ParseExternalID("example-external-id")
	if err != nil {
		t.Fatal(err)
	}
	connection := Connection{
		Keys:        Keys{AccessKey: "AKIAEXAMPLE", SecretKey: "example-secret", Token: "example-token"},
		WebIdentity: &WebIdentity{Token: "example-jwt"}, AssumeRoles: []AssumeRole{{ExternalID: id}},
	}
	for _, verb := range []string{"%v", "%+v", "%#v"} {
		text := fmt.Sprintf(verb, connection) + fmt.Sprintf(verb, *connection.WebIdentity)
		for _, secret := range []string{"example-secret", "example-token", "example-jwt", "example-external-id"} {
			if strings.Contains(text, secret) {
				t.Errorf("%s prints %s", verb, secret)
			}
		}
	}
}
