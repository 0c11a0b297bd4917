// The demo shows one share from plan to destroy against a simulated AWS, as a transcript: what is typed, what it prints,
// and what was expected of it. It ends with status 1 when an expectation does not hold.
package main

import (
	"context"
	"fmt"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"syscall"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/examples"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// story is the folder below examples/ that the demo applies.
const story = "read-only"

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	// The second ^C ends the program at once.
	context.AfterFunc(ctx, stop)
	status := 0
	if err := run(ctx, &transcript{out: os.Stdout, style: styleFor(os.Stdout)}); err != nil {
		if ctx.Err() != nil {
			err = fmt.Errorf("interrupted; nothing is left behind")
		}
		fmt.Fprintln(os.Stderr, "demo:", err)
		status = 1
	}
	os.Exit(status)
}

// run sets everything up, tells the story and takes everything away.
func run(ctx context.Context, t *transcript) error {
	folder, err := os.MkdirTemp("", "crossaccount-demo-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	cli, err := terraformcli.Find(ctx)
	if err != nil {
		return err
	}
	begin := time.Now()
	t.line(t.style.dim, "Building the provider …")
	mirror, err := workspace.Build(ctx, filepath.Join(folder, "mirror"))
	if err != nil {
		return err
	}
	t.line(t.style.dim, fmt.Sprintf("Built in %.0f s.", time.Since(begin).Seconds()))
	w, err := newWorld()
	if err != nil {
		return err
	}
	defer w.sim.Close()
	begin = time.Now()
	terraform, err := prepare(mirror, cli, filepath.Join(folder, story), w)
	if err != nil {
		return err
	}
	if err := (&teller{transcript: t, world: w, terraform: terraform}).tell(ctx); err != nil {
		return err
	}
	t.write("\n")
	t.line(t.style.dim, fmt.Sprintf("Everything after the build took %.0f s.", time.Since(begin).Seconds()))
	return t.close()
}

// prepare copies the example into a workspace of its own.
func prepare(mirror workspace.Mirror, cli, folder string, w *world) (*workspace.Workspace, error) {
	example, err := fs.Sub(examples.Files, story)
	if err != nil {
		return nil, err
	}
	if err := os.CopyFS(folder, example); err != nil {
		return nil, fmt.Errorf("copying the example: %w", err)
	}
	profiles := filepath.Join(folder, "aws-config")
	environment := append(w.environment(profiles), "TF_CLI_ARGS=-no-color")
	terraform, err := workspace.New(mirror, cli, folder, environment...)
	if err != nil {
		return nil, err
	}
	return terraform, terraform.Write(filepath.Base(profiles), w.profiles())
}
