// This file is how a case of the wire suite speaks to a server, and what it keeps of the answers.
package awssim_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awsmiddleware "github.com/aws/aws-sdk-go-v2/aws/middleware"
	awshttp "github.com/aws/aws-sdk-go-v2/aws/transport/http"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/service/iam"
	"github.com/aws/aws-sdk-go-v2/service/kms"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3control"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/smithy-go"
	"github.com/aws/smithy-go/middleware"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim"
)

// wire is a server as a case sees it: empty, with the keys of somebody in account 111111111111 who may do everything. It
// keeps what was answered.
type wire struct {
	t       *testing.T
	url     string
	config  aws.Config
	answers []answered
}

// answered is the answer to one step.
type answered struct {
	step string
	// result is the HTTP status, of a refusal with the code and the words of the error.
	result string
	// fields are those that the case looks at, each as path=value.
	fields []string
}

func (a answered) String() string { return strings.Join(append([]string{a.result}, a.fields...), " ") }

func newWire(t *testing.T, address string, key awssim.Credentials) *wire {
	t.Helper()
	parsed, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	dialer := &net.Dialer{}
	// Every host is the server: S3 Control puts the account before the name of the host.
	transport := &http.Transport{DialContext: func(ctx context.Context, network, _ string) (net.Conn, error) {
		return dialer.DialContext(ctx, network, parsed.Host)
	}}
	t.Cleanup(transport.CloseIdleConnections)
	return &wire{t: t, url: address, config: aws.Config{
		Region: "us-east-1", BaseEndpoint: &address, HTTPClient: &http.Client{Transport: transport},
		Credentials: credentials.NewStaticCredentialsProvider(key.AccessKeyID, key.SecretAccessKey, key.SessionToken),
		Retryer:     func() aws.Retryer { return aws.NopRetryer{} },
	}}
}

// clientOf gives the unmodified SDK client of a type.
func clientOf[C any](w *wire) C {
	var client C
	var made any
	switch any(client).(type) {
	case *iam.Client:
		made = iam.NewFromConfig(w.config)
	case *sts.Client:
		made = sts.NewFromConfig(w.config)
	case *kms.Client:
		made = kms.NewFromConfig(w.config)
	case *s3.Client:
		made = s3.NewFromConfig(w.config, func(o *s3.Options) { o.UsePathStyle = true })
	case *s3control.Client:
		made = s3control.NewFromConfig(w.config, func(o *s3control.Options) {
			o.BaseEndpoint = aws.String("http://s3-control.us-east-1.amazonaws.com")
		})
	}
	client, ok := made.(C)
	if !ok {
		w.t.Fatalf("no client for %T", client)
	}
	return client
}

// send makes a call and keeps its answer under the operation's name and the note: the fields that looks names, separated by
// spaces. It gives the output, an empty one when the call was refused.
func send[C, I, O, P any](w *wire, note string, do func(C, context.Context, *I, ...func(*P)) (*O, error), in *I, looks string) *O {
	w.t.Helper()
	out, err := do(clientOf[C](w), w.t.Context(), in)
	step := strings.TrimSuffix(reflect.TypeFor[I]().Name(), "Input")
	if note != "" {
		step += ", " + note
	}
	for _, before := range w.answers {
		if before.step == step {
			w.t.Fatalf("two steps are called %q", step)
		}
	}
	if err != nil {
		w.answers = append(w.answers, answered{step: step, result: refusal(err)})
		return new(O)
	}
	fields, err := look(out, strings.Fields(looks))
	if err != nil {
		w.t.Fatalf("%s: %v", step, err)
	}
	w.answers = append(w.answers, answered{step, status(out), fields})
	return out
}

func status(out any) string {
	metadata, _ := reflect.ValueOf(out).Elem().FieldByName("ResultMetadata").Interface().(middleware.Metadata)
	response, ok := awsmiddleware.GetRawResponse(metadata).(*smithyhttp.Response)
	if !ok {
		return "no answer"
	}
	return fmt.Sprint(response.StatusCode)
}

func refusal(err error) string {
	var response *awshttp.ResponseError
	var api smithy.APIError
	switch {
	case !errors.As(err, &response):
		return "no answer: " + err.Error()
	case !errors.As(err, &api):
		return fmt.Sprintf("%d, which the SDK cannot read", response.HTTPStatusCode())
	}
	return tidied(fmt.Sprintf("%d %s: %s", response.HTTPStatusCode(), api.ErrorCode(), api.ErrorMessage()))
}

// look gives the fields of an output: each is a path of member names, which goes through lists. Documents of IAM are decoded.
func look(out any, paths []string) ([]string, error) {
	text, err := json.Marshal(out)
	if err != nil {
		return nil, err
	}
	var all map[string]any
	if err := json.Unmarshal(text, &all); err != nil {
		return nil, err
	}
	fields := make([]string, 0, len(paths))
	for _, path := range paths {
		fields = append(fields, path+"="+tidied(shown(find(all, strings.Split(path, ".")))))
	}
	return fields, nil
}

func find(value any, path []string) any {
	switch value := value.(type) {
	case []any:
		found := make([]any, 0, len(value))
		for _, item := range value {
			found = append(found, find(item, path))
		}
		return found
	case map[string]any:
		if len(path) > 0 {
			return find(value[path[0]], path[1:])
		}
	}
	return value
}

func shown(value any) string {
	switch value := value.(type) {
	case nil:
		return "none"
	case string:
		if strings.HasPrefix(value, "%7B") {
			if decoded, err := url.PathUnescape(value); err == nil {
				return decoded
			}
		}
		return value
	case []any:
		items := make([]string, 0, len(value))
		for _, item := range value {
			items = append(items, shown(item))
		}
		return "[" + strings.Join(items, " ") + "]"
	}
	text, err := json.Marshal(value)
	if err != nil {
		return err.Error()
	}
	return string(text)
}

// drawn is what each server makes up for itself: unique IDs, access keys, IDs of grants, UUIDs.
var drawn = regexp.MustCompile(`\b(AROA|AIDA|AKIA|LKIA)[A-Z0-9]{12,}\b|Grant ID [0-9a-f]+|[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// long is a run of one letter that a case made.
var long = regexp.MustCompile(`a{20,}|b{20,}|x{20,}`)

// tidied leaves out what each server makes up for itself, and writes an answer on one line.
func tidied(answer string) string {
	answer = drawn.ReplaceAllStringFunc(answer, func(id string) string {
		switch {
		case strings.HasPrefix(id, "Grant"):
			return "Grant ID …"
		case strings.Contains(id, "-"):
			return "UUID"
		}
		return id[:4] + "…"
	})
	answer = long.ReplaceAllStringFunc(answer, func(run string) string { return fmt.Sprintf("%c×%d", run[0], len(run)) })
	return strings.Join(strings.Fields(answer), " ")
}
