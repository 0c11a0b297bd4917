package awsapi

import (
	"bytes"
	"context"
	"crypto/tls"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go/middleware"
	"golang.org/x/net/http/httpproxy"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/share"
)

// fallbackRegion is used when nothing gives a region. IAM and STS answer there for the whole partition aws, and S3 names
// the region of a bucket that is elsewhere.
const fallbackRegion = "us-east-1"

// readTimeout bounds how long a connection may say nothing before the call is tried again.
const readTimeout = time.Minute

// Connect prepares the clients of an account. It reads files and the environment and calls nothing; errors are a
// ConnectionError.
func Connect(ctx context.Context, c Connection) (*Account, error) {
	loaded, err := c.load(ctx)
	if err != nil {
		return nil, err
	}
	return c.account(loaded), nil
}

// load gives what all clients of the account have in common.
func (c Connection) load(ctx context.Context) (aws.Config, error) {
	if err := c.check(); err != nil {
		return aws.Config{}, err
	}
	options, err := c.loadOptions()
	if err != nil {
		return aws.Config{}, err
	}
	loaded, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return aws.Config{}, c.wrong("", "reading the AWS configuration: %w", err)
	}
	if loaded.Region == "" {
		loaded.Region = fallbackRegion
	}
	loaded.HTTPClient = withoutRedirects(loaded.HTTPClient)
	attempts, mode := loaded.RetryMaxAttempts, loaded.RetryMode
	loaded.RetryMaxAttempts = 0
	loaded.Retryer = func() aws.Retryer { return c.newRetryer(attempts, mode) }
	loaded.APIOptions = append(slices.Clone(loaded.APIOptions), c.pacer().attach)
	if c.Tally != nil {
		loaded.APIOptions = append(loaded.APIOptions, c.Tally.attach)
	}
	loaded.Credentials, err = c.credentials(loaded)
	return loaded, err
}

// pacer is on the clock of whoever replaces delays: the part of a pause that Delay leaves out is over at once.
func (c Connection) pacer() *pacer {
	if c.Delay == nil {
		return newPacer(time.Now, Sleep)
	}
	var skipped atomic.Int64
	return newPacer(
		func() time.Time { return time.Now().Add(time.Duration(skipped.Load())) },
		func(ctx context.Context, wanted time.Duration) error {
			waited := c.Delay(wanted)
			skipped.Add(int64(wanted - waited))
			return Sleep(ctx, waited)
		})
}

func (c Connection) account(loaded aws.Config) *Account {
	return &Account{
		iam: newIAMCalls(iam.NewFromConfig(loaded, func(o *iam.Options) {
			o.BaseEndpoint = override(o.BaseEndpoint, c.Endpoints.IAM)
			o.APIOptions = append(slices.Clone(o.APIOptions), newNursery(c.Delay).attach)
		})),
		sts:  c.newSTS(loaded),
		side: c.Side,
		newS3: func(region string) *s3.Client {
			return s3.NewFromConfig(loaded, func(o *s3.Options) {
				o.BaseEndpoint = override(o.BaseEndpoint, c.Endpoints.S3)
				o.UsePathStyle = c.S3UsePathStyle
				o.Region = region
			})
		},
		keys: c.newKMS(loaded), control: c.newS3Control(loaded), analyzers: c.newAnalyzer(loaded),
		region: loaded.Region, retryer: loaded.Retryer(), secrets: c.secrets(),
		allowed: c.AllowedAccountIDs, forbidden: c.ForbiddenAccountIDs,
		identity: newKnown[Identity](), clients: map[string]*s3.Client{}, regions: map[share.Bucket]string{},
	}
}

// secrets lists what the connection must keep to itself.
func (c Connection) secrets() []string {
	texts := []string{string(c.Keys.SecretKey), string(c.Keys.Token)}
	if c.WebIdentity != nil {
		texts = append(texts, string(c.WebIdentity.Token))
	}
	for _, role := range c.AssumeRoles {
		texts = append(texts, role.ExternalID.Reveal())
	}
	return slices.DeleteFunc(texts, func(text string) bool { return text == "" })
}

func (c Connection) newSTS(loaded aws.Config) *sts.Client {
	return sts.NewFromConfig(loaded, func(o *sts.Options) { o.BaseEndpoint = override(o.BaseEndpoint, c.Endpoints.STS) })
}

func override(standard *string, given string) *string {
	if given == "" {
		return standard
	}
	return &given
}

// loadOptions gives the SDK what the connection says itself.
func (c Connection) loadOptions() ([]func(*config.LoadOptions) error, error) {
	client, err := c.httpClient()
	if err != nil {
		return nil, err
	}
	options := []func(*config.LoadOptions) error{
		config.WithHTTPClient(client),
		config.WithAPIOptions([]func(*middleware.Stack) error{
			awsmiddleware.AddUserAgentKeyValue("terraform-provider-crossaccount", c.Version), c.refusePlain,
		}),
		config.WithAssumeRoleCredentialOptions(c.assumeByEndpoint),
		config.WithWebIdentityRoleCredentialOptions(c.identifyByEndpoint),
	}
	if c.Region != "" {
		options = append(options, config.WithRegion(c.Region))
	}
	if c.Profile != "" {
		options = append(options, config.WithSharedConfigProfile(c.Profile))
	}
	if len(c.SharedConfigFiles) > 0 {
		options = append(options, config.WithSharedConfigFiles(atHome(c.SharedConfigFiles)))
	}
	if len(c.SharedCredentialsFiles) > 0 {
		options = append(options, config.WithSharedCredentialsFiles(atHome(c.SharedCredentialsFiles)))
	}
	if c.CustomCABundle != "" {
		bundle, err := os.ReadFile(atHome([]string{c.CustomCABundle})[0])
		if err != nil {
			return nil, c.wrong("custom_ca_bundle", "reading the bundle: %w", err)
		}
		options = append(options, config.WithCustomCABundle(bytes.NewReader(bundle)))
	}
	return append(options, c.endpointOptions()...), nil
}

func (c Connection) endpointOptions() []func(*config.LoadOptions) error {
	var options []func(*config.LoadOptions) error
	if c.UseFIPSEndpoint != nil {
		state := aws.FIPSEndpointStateDisabled
		if *c.UseFIPSEndpoint {
			state = aws.FIPSEndpointStateEnabled
		}
		options = append(options, config.WithUseFIPSEndpoint(state))
	}
	if c.UseDualStackEndpoint != nil {
		state := aws.DualStackEndpointStateDisabled
		if *c.UseDualStackEndpoint {
			state = aws.DualStackEndpointStateEnabled
		}
		options = append(options, config.WithUseDualStackEndpoint(state))
	}
	return options
}

// check refuses what can be seen to be wrong before anything is read.
func (c Connection) check() error {
	switch {
	case c.Keys.AccessKey != "" && c.Keys.SecretKey == "":
		return c.wrong("access_key", "it is given without secret_key")
	case c.Keys.AccessKey == "" && c.Keys.SecretKey != "":
		return c.wrong("secret_key", "it is given without access_key")
	case c.Keys.AccessKey == "" && c.Keys.Token != "":
		return c.wrong("token", "it is given without access_key and secret_key")
	}
	given := map[string]string{
		"endpoints.iam": c.Endpoints.IAM, "endpoints.s3": c.Endpoints.S3, "endpoints.s3control": c.Endpoints.S3Control,
		"endpoints.sts": c.Endpoints.STS, "endpoints.kms": c.Endpoints.KMS,
		"endpoints.accessanalyzer": c.Endpoints.AccessAnalyzer,
	}
	for _, attribute := range []string{"endpoints.iam", "endpoints.s3", "endpoints.s3control", "endpoints.sts", "endpoints.kms", "endpoints.accessanalyzer"} {
		if err := c.checkEndpoint(given[attribute]); err != nil {
			return c.wrong(attribute, "%w", err)
		}
	}
	return nil
}

func (c Connection) checkEndpoint(text string) error {
	if text == "" {
		return nil
	}
	if _, err := ParseEndpoint(text); err != nil {
		return err
	}
	target, err := url.Parse(text)
	if err != nil || c.Insecure {
		return err
	}
	return checkPlain(target)
}

// httpClient builds the transport: proxy, certificates, timeouts.
func (c Connection) httpClient() (*awshttp.BuildableClient, error) {
	client := awshttp.NewBuildableClient().WithReadTimeout(readTimeout)
	if c.HTTPProxy != "" {
		if _, err := ParseProxy(c.HTTPProxy); err != nil {
			return nil, c.wrong("http_proxy", "%w", err)
		}
		environment := httpproxy.FromEnvironment()
		proxy := (&httpproxy.Config{HTTPProxy: c.HTTPProxy, HTTPSProxy: c.HTTPProxy, NoProxy: environment.NoProxy}).ProxyFunc()
		client = client.WithTransportOptions(func(transport *http.Transport) {
			transport.Proxy = func(request *http.Request) (*url.URL, error) { return proxy(request.URL) }
		})
	}
	if c.Insecure {
		client = client.WithTransportOptions(func(transport *http.Transport) {
			if transport.TLSClientConfig == nil {
				transport.TLSClientConfig = &tls.Config{MinVersion: tls.VersionTLS12}
			}
			transport.TLSClientConfig.InsecureSkipVerify = true
		})
	}
	return client, nil
}

// withoutRedirects hands every redirect to the caller. S3 redirects with 307, too, and a request that Go repeats at
// another host has a signature that is wrong there.
func withoutRedirects(client aws.HTTPClient) aws.HTTPClient {
	buildable, ok := client.(*awshttp.BuildableClient)
	if !ok {
		return client
	}
	frozen, ok := buildable.Freeze().(*http.Client)
	if !ok {
		return client
	}
	still := *frozen
	still.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return &still
}

// atHome resolves the home directory in paths, which a shell would have done.
func atHome(paths []string) []string {
	home, err := os.UserHomeDir()
	resolved := make([]string, 0, len(paths))
	for _, path := range paths {
		if rest, found := strings.CutPrefix(path, "~/"); found && err == nil {
			path = filepath.Join(home, rest)
		}
		resolved = append(resolved, path)
	}
	return resolved
}
