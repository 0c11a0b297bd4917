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
	// sizes are numbers of shares with statements of their own, delegated of shares that have theirs in common.
	sizes, delegated []int
	latencies        []time.Duration
	// parallelism are numbers of operations at a time, for a fixed number of shares.
	parallelism []int
	out         string
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
	sizes := flags.String("n", "1,10,50,200", "numbers of shares with statements of their own, 50 on a bucket")
	common := flags.String("delegated", "200,1000", "numbers of shares with one pair of statements, all on one bucket")
	parallelism := flags.String("parallelism", "1,10,50", "numbers of operations at a time, for 50 shares at the last latency")
	latencies := flags.String("latency", "0,50ms", "what every AWS call takes at least, each a run of its own")
	out := flags.String("out", "", "file to write, from the root of the project (default internal/bench/RESULTS.md, PEER.md there with -peer)")
	peer := flags.String("peer", "", "provider binary of hashicorp/aws: compare with it")
	if err := flags.Parse(arguments); err != nil {
		return settings{}, err
	}
	wanted := settings{out: filepath.Join("internal", "bench", "RESULTS.md")}
	var err error
	if *peer != "" {
		wanted.out = filepath.Join("internal", "bench", "PEER.md")
		if wanted.peer, err = findPeer(*peer); err != nil {
			return settings{}, err
		}
	}
	if *out != "" {
		wanted.out = *out
	}
	if wanted.sizes, err = numbers(*sizes); err != nil {
		return settings{}, fmt.Errorf("reading -n: %w", err)
	}
	if wanted.delegated, err = numbers(*common); err != nil {
		return settings{}, fmt.Errorf("reading -delegated: %w", err)
	}
	if wanted.parallelism, err = numbers(*parallelism); err != nil {
		return settings{}, fmt.Errorf("reading -parallelism: %w", err)
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

// numbers reads a list of numbers; an empty one has none.
func numbers(list string) ([]int, error) {
	var found []int
	for text := range strings.SplitSeq(list, ",") {
		number, err := strconv.Atoi(text)
		if list != "" && (err != nil || number < 1) {
			return nil, fmt.Errorf("%q is no number from 1", text)
		}
		if list != "" {
			found = append(found, number)
		}
	}
	return found, nil
}

func run(ctx context.Context, wanted settings) error {
	began := time.Now()
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
	single := bench{subject: ours(mirror, ownStatements), cli: cli, folder: folder, size: 1}
	begin, err := single.measureStartup(ctx, empty)
	if err != nil {
		return fmt.Errorf("measuring the start: %w", err)
	}
	fmt.Println(begin)
	if wanted.peer != "" {
		return compare(ctx, bench{cli: cli, folder: folder}, mirror, comparison{settings: wanted, startup: begin})
	}
	found := report{settings: wanted, startup: begin}
	if found.lives, err = (bench{cli: cli, folder: folder}).each(ctx, mirror, wanted.runs()); err != nil {
		return err
	}
	if found.parallel, err = (bench{cli: cli, folder: folder}).each(ctx, mirror, wanted.inParallel()); err != nil {
		return err
	}
	if found.place, err = describe(ctx, mirror, cli); err != nil {
		return err
	}
	found.place.took = time.Since(began)
	return write(wanted.out, found.markdown())
}

func write(path, text string) error {
	if err := os.WriteFile(path, []byte(text), 0o644); err != nil {
		return fmt.Errorf("writing the results: %w", err)
	}
	fmt.Println("written to", path)
	return nil
}
