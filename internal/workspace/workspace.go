// Package workspace runs the real terraform CLI in a folder of its own with the provider as a built binary, found through
// a filesystem mirror as in an offline installation. The demo, the benchmarks and the kill tests use it; the product
// never imports it.
package workspace

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"time"
)

const (
	source  = "registry.terraform.io/crossaccount/crossaccount"
	version = "0.0.1"
	module  = "github.com/crossaccount/terraform-provider-crossaccount"
)

// Mirror is a folder in which terraform finds the built provider.
type Mirror struct {
	folder string
	// Binary is the path of the provider.
	Binary string
}

// Build compiles the provider as a release is (.goreleaser.yml), stripped and without the tracing of gRPC, into a mirror
// below folder. The go command must run inside the project.
func Build(ctx context.Context, folder string) (Mirror, error) {
	platform := runtime.GOOS + "_" + runtime.GOARCH
	binary := filepath.Join(folder, source, version, platform, "terraform-provider-crossaccount_v"+version)
	command := exec.CommandContext(ctx, "go", "build", "-trimpath", "-tags", "grpcnotrace",
		"-gcflags", "github.com/aws/...=-l", "-ldflags", "-s -w -X main.version="+version, "-o", binary, module)
	command.Env = append(os.Environ(), "CGO_ENABLED=0")
	if output, err := command.CombinedOutput(); err != nil {
		return Mirror{}, fmt.Errorf("building the provider: %w\n%s", err, output)
	}
	return Mirror{folder: folder, Binary: binary}, nil
}

// Add puts another provider, whose source is such as hashicorp/aws, into the mirror. The binary is linked, not copied.
func (m Mirror) Add(source, binary string) (Mirror, error) {
	folder := filepath.Join(m.folder, "registry.terraform.io", source, version, runtime.GOOS+"_"+runtime.GOARCH)
	if err := os.MkdirAll(folder, 0o750); err != nil {
		return Mirror{}, fmt.Errorf("making a folder of the mirror: %w", err)
	}
	_, name, _ := strings.Cut(source, "/")
	if err := os.Symlink(binary, filepath.Join(folder, "terraform-provider-"+name+"_v"+version)); err != nil {
		return Mirror{}, fmt.Errorf("adding provider %s to the mirror: %w", source, err)
	}
	return Mirror{folder: m.folder, Binary: binary}, nil
}

// Workspace is a folder with a configuration.
type Workspace struct {
	Dir string
	cli string
	env []string
}

// New makes a workspace in dir, which must exist. cli is the terraform binary; env are more environment variables, NAME=value.
// Credentials and settings of the machine do not reach terraform: what counts comes from env alone.
func New(mirror Mirror, cli, dir string, env ...string) (*Workspace, error) {
	config := filepath.Join(dir, "terraform.rc")
	text := fmt.Sprintf("disable_checkpoint = true\nprovider_installation {\n  filesystem_mirror {\n    path = %q\n  }\n}\n", mirror.folder)
	if err := os.WriteFile(config, []byte(text), 0o600); err != nil {
		return nil, fmt.Errorf("writing the CLI configuration: %w", err)
	}
	w := &Workspace{Dir: dir, cli: cli}
	w.env = append(neutral(os.Environ()),
		"TF_CLI_CONFIG_FILE="+config, "TF_IN_AUTOMATION=1", "TF_INPUT=0", "AWS_EC2_METADATA_DISABLED=true", "HOME="+dir)
	w.env = append(w.env, env...)
	return w, nil
}

// neutral drops what could change how terraform or the provider behave.
func neutral(environment []string) []string {
	var kept []string
	for _, entry := range environment {
		if !slices.ContainsFunc([]string{"AWS_", "TF_", "XDG_"}, func(prefix string) bool { return strings.HasPrefix(entry, prefix) }) {
			kept = append(kept, entry)
		}
	}
	return kept
}

// Write writes a file of the configuration.
func (w *Workspace) Write(name, text string) error {
	path := filepath.Join(w.Dir, name)
	if err := os.MkdirAll(filepath.Dir(path), 0o750); err != nil {
		return fmt.Errorf("making the folder of %s: %w", name, err)
	}
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		return fmt.Errorf("writing %s: %w", name, err)
	}
	return nil
}

// Result is how a run of terraform ended.
type Result struct {
	Stdout, Stderr string
	// Code is the exit status; plan -detailed-exitcode gives 2 for changes.
	Code int
	// CPU is what terraform and its providers have computed; where the system does not count children, terraform alone.
	CPU time.Duration
}

// Terraform runs terraform with arguments; an exit status other than 0 is no error. What it prints goes to out as well,
// when that is not nil.
func (w *Workspace) Terraform(ctx context.Context, out io.Writer, arguments ...string) (Result, error) {
	command := w.Command(ctx, arguments...)
	var stdout, stderr bytes.Buffer
	command.Stdout, command.Stderr = &stdout, &stderr
	if out != nil {
		command.Stdout, command.Stderr = io.MultiWriter(&stdout, out), io.MultiWriter(&stderr, out)
	}
	err := command.Run()
	result := Result{Stdout: stdout.String(), Stderr: stderr.String()}
	if exit := (*exec.ExitError)(nil); errors.As(err, &exit) {
		result.Code, err = exit.ExitCode(), nil
	}
	if err != nil {
		return result, fmt.Errorf("running terraform %s: %w", strings.Join(arguments, " "), err)
	}
	result.CPU = command.ProcessState.UserTime() + command.ProcessState.SystemTime()
	return result, nil
}

// Command prepares a run of terraform, for those who must reach its process. When ctx ends, terraform is interrupted and
// has a while to save its state.
func (w *Workspace) Command(ctx context.Context, arguments ...string) *exec.Cmd {
	command := exec.CommandContext(ctx, w.cli, arguments...)
	command.Dir, command.Env = w.Dir, w.env
	command.Cancel = func() error { return command.Process.Signal(os.Interrupt) }
	command.WaitDelay = 10 * time.Second
	apart(command)
	return command
}
