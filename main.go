// Command terraform-provider-crossaccount serves the provider to Terraform.
package main

import (
	"flag"
	"log"
	"os"

	"github.com/hashicorp/terraform-plugin-go/tfprotov6"
	"github.com/hashicorp/terraform-plugin-go/tfprotov6/tf6server"

	_ "github.com/crossaccount/terraform-provider-crossaccount/internal/collector"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/provider"
)

// version is set by the linker in a release.
var version = "dev"

// address is how configurations name the provider.
const address = "registry.terraform.io/crossaccount/crossaccount"

func main() {
	attach := flag.Bool("debug", false, "wait for a debugger and print how Terraform reaches this process")
	flag.Parse()
	if !*attach && os.Getenv("TF_LOG") == "" && os.Getenv("TF_LOG_PROVIDER") == "" {
		keepQuiet()
	}
	served := provider.New(version)()
	var options []tf6server.ServeOpt
	if *attach {
		options = append(options, tf6server.WithManagedDebug())
	}
	err := tf6server.Serve(address, func() tfprotov6.ProviderServer { return provider.NewServer(served) }, options...)
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
