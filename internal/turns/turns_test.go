package turns

import (
	"context"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

// counted makes the test binary count up the number in a file, with a turn or without.
const counted = "TURNS_COUNT"

const times = 200

func TestMain(m *testing.M) {
	if how := os.Getenv(counted); how != "" {
		folder, _, _ := strings.Cut(how, " ")
		if err := count(folder, strings.HasSuffix(how, " in turns")); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	os.Exit(m.Run())
}

// count reads a number and writes the next one, as a bucket policy is read and written.
func count(folder string, inTurns bool) error {
	file := filepath.Join(folder, "number")
	once := func() error {
		end := func() {}
		if inTurns {
			end = In(filepath.Join(folder, "turns")).Take(context.Background(), "aws", "acme-data")
		}
		defer end()
		text, err := os.ReadFile(file)
		if err != nil {
			return err
		}
		var number int
		if _, err := fmt.Sscan(string(text), &number); err != nil {
			return err
		}
		return os.WriteFile(file, []byte(fmt.Sprint(number+1)), 0o600)
	}
	for range times {
		if err := once(); err != nil && inTurns {
			return err // without turns, a file may be half written
		}
	}
	return nil
}

func TestProcessesTakeTurns(t *testing.T) {
	t.Parallel()
	const processes = 3
	run := func(how string) string {
		folder := t.TempDir()
		file := filepath.Join(folder, "number")
		if err := os.WriteFile(file, []byte("0"), 0o600); err != nil {
			t.Fatal(err)
		}
		var all sync.WaitGroup
		for range processes {
			all.Go(func() {
				command := exec.CommandContext(t.Context(), os.Args[0])
				command.Env = append(os.Environ(), counted+"="+folder+how)
				if output, err := command.CombinedOutput(); err != nil {
					t.Errorf("%v: %s", err, output)
				}
			})
		}
		all.Wait()
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		return string(text)
	}
	if got, want := run(" in turns"), fmt.Sprint(processes*times); got != want {
		t.Errorf("in turns they counted to %s, want %s", got, want)
	}
	for tries := 1; run(" at will") == fmt.Sprint(processes*times); tries++ {
		if tries == 10 {
			t.Fatal("without turns nothing is lost either, so that the test proves nothing")
		}
	}
}

func TestTurnsOfOneDocument(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "made", "when", "needed")
	one, other := In(folder), In(folder)
	end := one.Take(t.Context(), "aws", "acme-data")
	other.Take(t.Context(), "aws", "acme-logs")() // another document is nobody's turn

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	other.Take(ctx, "aws", "acme-data")() // who gives up does not wait
	other.patience = 30 * time.Millisecond
	began := time.Now()
	other.Take(t.Context(), "aws", "acme-data")()
	if waited := time.Since(began); waited < other.patience {
		t.Errorf("it waited %s, while another had the turn", waited)
	}
	other.patience = time.Hour
	other.Take(t.Context(), "aws", "acme-data")() // it does not wait for that one again
	other = In(folder)
	next := make(chan func())
	go func() { next <- other.Take(t.Context(), "aws", "acme-data") }()
	select {
	case <-next:
		t.Error("two have the turn")
	default:
	}
	end()
	(<-next)()
}

func TestTurnsNowhere(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(file, nil, 0o600); err != nil {
		t.Fatal(err)
	}
	In(filepath.Join(file, "below")).Take(t.Context(), "aws", "acme-data")()
	In("").Take(t.Context(), "aws", "acme-data")()
}
