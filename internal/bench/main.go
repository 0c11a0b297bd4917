// The benchmark counts the AWS calls of the provider and measures its memory and the time of whole terraform runs, for
// growing numbers of shares, against a simulated AWS. It writes what it found to RESULTS.md beside this file.
package main

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/terraformcli"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/workspace"
)

// settings are what the command line says.
type settings struct {
	sizes     []int
	latencies []time.Duration
	out       string
	// peer is the binary of hashicorp/aws to compare with; empty for none.
	peer string
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop)
	wanted, err := parse(os.Args[1:])
	if err == nil {
		err = run(ctx, wanted)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "bench:", err)
		os.Exit(1)
	}
}

// parse reads the command line.
func parse(arguments []string) (settings, error) {
	flags := flag.NewFlagSet("bench", flag.ExitOnError)
	sizes := flags.String("n", "1,10,50,200,1000", "numbers of shares")
	latencies := flags.String("latency", "0,50ms", "what every AWS call takes at least, each a run of its own")
	out := flags.String("out", filepath.Join("internal", "bench", "RESULTS.md"), "file to write, from the root of the project")
	peer := flags.String("peer", "", "provider binary of hashicorp/aws: compare with it, print ratios and write no file")
	if err := flags.Parse(arguments); err != nil {
		return settings{}, err
	}
	wanted := settings{out: *out}
	if *peer != "" {
		var err error
		if wanted.peer, err = findPeer(*peer); err != nil {
			return settings{}, err
		}
	}
	for text := range strings.SplitSeq(*sizes, ",") {
		size, err := strconv.Atoi(text)
		if err != nil || size < 1 {
			return settings{}, fmt.Errorf("reading -n: %q is no number of shares", text)
		}
		wanted.sizes = append(wanted.sizes, size)
	}
	for text := range strings.SplitSeq(*latencies, ",") {
		latency, err := time.ParseDuration(text)
		if err != nil || latency < 0 {
			return settings{}, fmt.Errorf("reading -latency: %q is no duration such as 50ms", text)
		}
		wanted.latencies = append(wanted.latencies, latency)
	}
	return wanted, nil
}

func run(ctx context.Context, wanted settings) error {
	folder, err := os.MkdirTemp("", "crossaccount-bench-")
	if err != nil {
		return fmt.Errorf("making a folder: %w", err)
	}
	defer os.RemoveAll(folder)
	cli, err := terraformcli.Find(ctx)
	if err != nil {
		return err
	}
	mirror, err := workspace.Build(ctx, filepath.Join(folder, "mirror"))
	if err != nil {
		return err
	}
	empty, err := buildEmpty(ctx, mirror, folder)
	if err != nil {
		return err
	}
	single := bench{subject: ours(mirror), cli: cli, folder: folder, size: 1}
	begin, err := single.measureStartup(ctx, empty)
	if err != nil {
		return fmt.Errorf("measuring the start: %w", err)
	}
	fmt.Printf("a no-op plan of one share takes %.3f s, of an empty provider %.3f s\n", begin.own.Seconds(), begin.empty.Seconds())
	if wanted.peer != "" {
		return compare(ctx, bench{cli: cli, folder: folder}, mirror, wanted)
	}
	var all []life
	for _, latency := range wanted.latencies {
		for _, size := range wanted.sizes {
			b := bench{subject: ours(mirror), cli: cli, folder: filepath.Join(folder, fmt.Sprintf("%d-%s", size, latency)), size: size, latency: latency}
			found, err := b.measure(ctx)
			if err != nil {
				return fmt.Errorf("measuring %d shares at %s: %w", size, latency, err)
			}
			fmt.Printf("%4d shares, %4d ms: %s\n", size, latency.Milliseconds(), found)
			all = append(all, found)
		}
	}
	place, err := describe(ctx, mirror, cli)
	if err != nil {
		return err
	}
	if err := os.WriteFile(wanted.out, []byte(report{place: place, settings: wanted, lives: all, startup: begin}.markdown()), 0o644); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	fmt.Println("written to", wanted.out)
	return nil
}
