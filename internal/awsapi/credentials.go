package awsapi

import (
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	"github.com/aws/aws-sdk-go-v2/credentials/stscreds"
	"github.com/aws/aws-sdk-go-v2/service/sts"
	"github.com/aws/aws-sdk-go-v2/service/sts/types"
)

// sessionName names our sessions in the account's CloudTrail when no session_name is given.
const sessionName = "terraform-provider-crossaccount"

// credentials gives the credentials that reach the account: those of the SDK's chain or the static keys, then the web
// identity, then each role of the chain.
func (c Connection) credentials(loaded aws.Config) (aws.CredentialsProvider, error) {
	if c.Keys.AccessKey != "" {
		loaded.Credentials = credentials.NewStaticCredentialsProvider(
			c.Keys.AccessKey, string(c.Keys.SecretKey), string(c.Keys.Token))
	}
	if c.WebIdentity != nil {
		provider, err := c.webIdentity(loaded)
		if err != nil {
			return nil, err
		}
		loaded.Credentials = aws.NewCredentialsCache(provider)
	}
	for i, role := range c.AssumeRoles {
		if role.RoleARN == "" {
			return nil, c.wrong(fmt.Sprintf("assume_role[%d].role_arn", i), "it is empty")
		}
		provider := stscreds.NewAssumeRoleProvider(c.newSTS(loaded), role.RoleARN, role.options)
		loaded.Credentials = aws.NewCredentialsCache(provider)
	}
	return loaded.Credentials, nil
}

func (r AssumeRole) options(o *stscreds.AssumeRoleOptions) {
	o.RoleSessionName = firstOf(r.SessionName, sessionName)
	o.Duration = r.Duration
	o.ExternalID = optional(r.ExternalID.Reveal())
	o.Policy = optional(r.Policy)
	o.SourceIdentity = optional(r.SourceIdentity)
	for key, value := range r.Tags {
		o.Tags = append(o.Tags, types.Tag{Key: aws.String(key), Value: aws.String(value)})
	}
	slices.SortFunc(o.Tags, func(x, y types.Tag) int { return strings.Compare(*x.Key, *y.Key) })
}

func (c Connection) webIdentity(loaded aws.Config) (*stscreds.WebIdentityRoleProvider, error) {
	w := c.WebIdentity
	role := firstOf(w.RoleARN, os.Getenv("AWS_ROLE_ARN"))
	if role == "" {
		return nil, c.wrong("assume_role_with_web_identity.role_arn", "neither it nor AWS_ROLE_ARN is given")
	}
	var token stscreds.IdentityTokenRetriever = heldToken(w.Token)
	if w.Token == "" {
		file := firstOf(w.TokenFile, os.Getenv("AWS_WEB_IDENTITY_TOKEN_FILE"))
		if file == "" {
			return nil, c.wrong("assume_role_with_web_identity.web_identity_token_file",
				"neither it, web_identity_token nor AWS_WEB_IDENTITY_TOKEN_FILE is given")
		}
		token = stscreds.IdentityTokenFile(atHome([]string{file})[0])
	}
	return stscreds.NewWebIdentityRoleProvider(c.newSTS(loaded), role, token, func(o *stscreds.WebIdentityRoleOptions) {
		o.RoleSessionName = firstOf(w.SessionName, os.Getenv("AWS_ROLE_SESSION_NAME"), sessionName)
		o.Duration = w.Duration
		o.Policy = optional(w.Policy)
	}), nil
}

// heldToken is a web identity token that is given as text.
type heldToken Secret

// GetIdentityToken implements stscreds.IdentityTokenRetriever.
func (t heldToken) GetIdentityToken() ([]byte, error) { return []byte(t), nil }

// assumeByEndpoint sends the AssumeRole calls that a profile asks for to the endpoint of the connection.
func (c Connection) assumeByEndpoint(o *stscreds.AssumeRoleOptions) {
	if client, ok := o.Client.(*sts.Client); ok && c.Endpoints.STS != "" {
		o.Client = c.atEndpoint(client)
	}
}

func (c Connection) identifyByEndpoint(o *stscreds.WebIdentityRoleOptions) {
	if client, ok := o.Client.(*sts.Client); ok && c.Endpoints.STS != "" {
		o.Client = c.atEndpoint(client)
	}
}

func (c Connection) atEndpoint(client *sts.Client) *sts.Client {
	return sts.New(client.Options(), func(o *sts.Options) { o.BaseEndpoint = &c.Endpoints.STS })
}

func firstOf(texts ...string) string {
	for _, text := range texts {
		if text != "" {
			return text
		}
	}
	return ""
}

func optional(text string) *string {
	if text == "" {
		return nil
	}
	return &text
}
