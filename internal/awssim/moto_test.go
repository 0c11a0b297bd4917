// This file starts moto, a second simulator of AWS, where one is installed.
package awssim_test

import (
	"bufio"
	"io"
	"net/http"
	"os"
	"os/exec"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"
)

// motoVersion is that of the list of differences.
const motoVersion = "5.2.1"

// motoProgram says its version and serves on a port that the system gives it, until its standard input ends: that is when the
// test does, whatever ends it.
const motoProgram = `
import os, sys, threading
import moto
print("moto", moto.__version__, flush=True)
from moto.server import main
threading.Thread(target=lambda: (sys.stdin.read(), os._exit(0)), daemon=True).start()
main(["-p", "0"])
`

// motoStart is how long moto may take until it serves; half a second is usual.
const motoStart = time.Minute

// startMoto gives the URL of a moto of the test's own. The test is skipped where that of motoVersion is not installed.
func startMoto(t *testing.T) string {
	t.Helper()
	python, err := exec.LookPath("python3")
	if err != nil {
		t.Skip("skipped: no python3 on PATH, so no moto")
	}
	command := exec.CommandContext(t.Context(), python, "-c", motoProgram)
	command.Env = append(slices.DeleteFunc(os.Environ(), func(variable string) bool {
		return strings.HasPrefix(variable, "MOTO_") || strings.HasPrefix(variable, "AWS_")
	}), "MOTO_ACCOUNT_ID="+ownerID)
	said, saying := io.Pipe()
	command.Stdout, command.Stderr, command.WaitDelay = saying, saying, time.Second
	stdin, err := command.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := command.Start(); err != nil {
		t.Fatal(err)
	}
	ended := make(chan struct{})
	go func() {
		saying.CloseWithError(command.Wait())
		close(ended)
	}()
	t.Cleanup(func() {
		stdin.Close()
		<-ended
	})
	late := time.AfterFunc(motoStart, func() { saying.CloseWithError(os.ErrDeadlineExceeded) })
	defer late.Stop()
	start := readStart(said)
	switch {
	case start.version == "":
		t.Skipf("skipped: no moto with its server is installed for %s: %s", python, start.said)
	case start.version != motoVersion:
		t.Skipf("skipped: moto is %s here, and the list of differences is that of %s", start.version, motoVersion)
	case start.url == "":
		t.Fatalf("moto %s does not serve: %s", start.version, start.said)
	}
	return start.url
}

// started is what moto says before it serves.
type started struct{ version, url, said string }

var loopback = regexp.MustCompile(`http://127\.0\.0\.1:\d+`)

// readStart reads until moto serves or ends. What it says later, a line for each call, is thrown away.
func readStart(said io.Reader) started {
	var start started
	lines := bufio.NewScanner(said)
	for start.url == "" && lines.Scan() {
		start.said += lines.Text() + "\n"
		if version, is := strings.CutPrefix(lines.Text(), "moto "); is {
			start.version = version
		}
		start.url = loopback.FindString(lines.Text())
	}
	if err := lines.Err(); err != nil {
		start.said += err.Error()
	}
	go func() { _, _ = io.Copy(io.Discard, said) }()
	return start
}

// resetMoto takes everything out of moto.
func resetMoto(t *testing.T, address string) {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodPost, address+"/moto-api/reset", http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := http.DefaultClient.Do(request)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	if answer.StatusCode != http.StatusOK {
		t.Fatalf("resetting moto: %s", answer.Status)
	}
}
