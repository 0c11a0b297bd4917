// Package terraformcli finds the terraform CLI that tests, the demo and benchmarks drive. The product never imports it.
package terraformcli

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"

	"github.com/hashicorp/go-version"
	"github.com/hashicorp/hc-install/product"
	"github.com/hashicorp/hc-install/releases"
)

// Version is the release that is fetched where no terraform is installed.
const Version = "1.11.4"

// PathVariable names the environment variable that wins over everything else; terraform-plugin-testing reads it too.
const PathVariable = "TF_ACC_TERRAFORM_PATH"

// Find gives the absolute path of a terraform CLI: the one that TF_ACC_TERRAFORM_PATH names, else the one on PATH, else
// release Version, fetched once into the folder .cache/ of the project. The project is the nearest folder above the
// working directory that has a go.mod.
func Find(ctx context.Context) (string, error) {
	working, err := os.Getwd()
	if err != nil {
		return "", fmt.Errorf("finding the working directory: %w", err)
	}
	f := finder{environment: os.Getenv, lookPath: exec.LookPath, install: install}
	return f.find(ctx, working)
}

// finder has what Find asks of the machine, so that tests can replace it.
type finder struct {
	environment func(variable string) string
	lookPath    func(file string) (string, error)
	// install fetches terraform into an empty folder.
	install func(ctx context.Context, folder string) error
}

func (f finder) find(ctx context.Context, working string) (string, error) {
	if named := f.environment(PathVariable); named != "" {
		return named, nil
	}
	if onPath, err := f.lookPath("terraform"); err == nil {
		return filepath.Abs(onPath)
	}
	root, err := projectRoot(working)
	if err != nil {
		return "", err
	}
	cached := filepath.Join(root, ".cache", "terraform", Version)
	cli := filepath.Join(cached, product.Terraform.BinaryName())
	if isThere(cli) {
		return cli, nil
	}
	if err := f.fetch(ctx, cached); err != nil {
		return "", fmt.Errorf("fetching terraform %s, because none is on PATH: %w", Version, err)
	}
	return cli, nil
}

// fetch installs beside the final folder and renames, so that test binaries that run at the same time never see half a
// file; whoever renames second finds the first one's.
func (f finder) fetch(ctx context.Context, folder string) error {
	if err := os.MkdirAll(filepath.Dir(folder), 0o755); err != nil {
		return fmt.Errorf("making the cache folder: %w", err)
	}
	fresh, err := os.MkdirTemp(filepath.Dir(folder), "fetching-")
	if err != nil {
		return fmt.Errorf("making a folder to fetch into: %w", err)
	}
	defer os.RemoveAll(fresh)
	if err := f.install(ctx, fresh); err != nil {
		return err
	}
	if err := os.Rename(fresh, folder); err != nil && !errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("moving the fetched CLI into the cache: %w", err)
	}
	return nil
}

// install fetches the release and checks it against HashiCorp's signature.
func install(ctx context.Context, folder string) error {
	release := &releases.ExactVersion{
		Product: product.Terraform, Version: version.Must(version.NewVersion(Version)), InstallDir: folder,
	}
	_, err := release.Install(ctx)
	return err
}

// projectRoot is the nearest folder above that has a go.mod.
func projectRoot(folder string) (string, error) {
	for current := folder; ; current = filepath.Dir(current) {
		if isThere(filepath.Join(current, "go.mod")) {
			return current, nil
		}
		if current == filepath.Dir(current) {
			return "", fmt.Errorf("looking for go.mod above %s, whose folder .cache/ keeps the CLI: there is none", folder)
		}
	}
}

func isThere(file string) bool {
	_, err := os.Stat(file)
	return err == nil
}
