// Command docsgen prints the provider's schemas in the form of `terraform providers schema -json`, which tfplugindocs
// turns into docs/. It asks the provider in this process, so that no terraform CLI has to know the newest kinds of
// schema.
package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"os"

	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

func main() {
	if err := run(context.Background(), os.Stdout); err != nil {
		fmt.Fprintln(os.Stderr, "docsgen:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, out io.Writer) error {
	schemas, err := dump(ctx, providerserver.NewProtocol6(provider.New("docs")())())
	if err != nil {
		return err
	}
	encoder := json.NewEncoder(out)
	encoder.SetIndent("", "  ")
	return encoder.Encode(schemas)
}
