package acctest

import (
	"context"
	"regexp"
	"strings"
	"time"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// impatient serves the provider with pauses that take no time.
func impatient() map[string]func() (tfprotov6.ProviderServer, error) {
	noPause := func(ctx context.Context, _ time.Duration) error { return ctx.Err() }
	return map[string]func() (tfprotov6.ProviderServer, error){
		"crossaccount": providerserver.NewProtocol6WithError(provider.NewWaiting("test", time.Now, noPause)()),
	}
}

// sentence is a pattern of a text that Terraform may have broken into lines.
func sentence(text string) *regexp.Regexp {
	words := strings.Fields(text)
	for i, word := range words {
		words[i] = regexp.QuoteMeta(word)
	}
	return regexp.MustCompile(strings.Join(words, `[\s│]+`))
}
