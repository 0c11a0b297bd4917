package acctest

import (
	"context"
	"flag"
	"fmt"
	"os"
	"testing"

	"github.com/hashicorp/terraform-plugin-testing/helper/resource"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
)

// TestMain tells terraform-plugin-testing which CLI to drive; by itself it would fetch the latest where none is on PATH.
// With -sweep it only sweeps.
func TestMain(m *testing.M) {
	if os.Getenv("TF_ACC") != "" {
		cli, err := terraformcli.Find(context.Background())
		if err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Setenv(terraformcli.PathVariable, cli)
	}
	addSweepers()
	flag.Parse()
	if sweep := flag.Lookup("sweep"); sweep == nil || sweep.Value.String() == "" {
		os.Exit(runInFolder(m))
	}
	resource.TestMain(m)
}
