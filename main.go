// Command terraform-provider-crossaccount serves the provider to Terraform.
package main

import (
	"context"
	"flag"
	"log"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// version is set by the linker in a release.
var version = "dev"

func main() {
	debug := flag.Bool("debug", false, "wait for a debugger and print how Terraform reaches this process")
	flag.Parse()
	served := provider.New(version)()
	err := providerserver.Serve(context.Background(), func() framework.Provider { return served }, providerserver.ServeOpts{
		Address: "registry.terraform.io/crossaccount/crossaccount", Debug: *debug, ProtocolVersion: 6,
	})
	provider.LogCalls(served)
	if err != nil {
		log.Fatal(err)
	}
}
