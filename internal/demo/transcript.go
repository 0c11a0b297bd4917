package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/aws/smithy-go"
)

// This file writes what the reader sees: numbered steps, commands, what they print, and whether each expectation held.

const (
	hidden = "(sensitive)"
	// width is how long a line of a paragraph gets; terraform wraps at 78 where there is no terminal.
	width = 96
)

// style has the escape sequences of a terminal; all are empty elsewhere.
type style struct{ title, command, dim, good, bad, plain string }

// styleFor gives colours to terminals only, and not to those who ask for none (https://no-color.org).
func styleFor(file *os.File) style {
	info, err := file.Stat()
	if err != nil || info.Mode()&os.ModeCharDevice == 0 || os.Getenv("NO_COLOR") != "" || os.Getenv("TERM") == "dumb" {
		return style{}
	}
	return style{title: "\x1b[1m", command: "\x1b[36m", dim: "\x1b[2m", good: "\x1b[32m", bad: "\x1b[1;31m", plain: "\x1b[0m"}
}

// transcript is what the demo tells.
type transcript struct {
	out   io.Writer
	style style
	steps int
	held  int
	// failed are the expectations that did not hold.
	failed []string
	// secrets are masked from the moment they are known.
	secrets []string
	// told is everything that was written, before masking.
	told strings.Builder
}

func (t *transcript) write(text string) {
	t.told.WriteString(text)
	for _, secret := range t.secrets {
		text = strings.ReplaceAll(text, secret, hidden)
	}
	// A reader who went away is no reason to leave things behind.
	_, _ = io.WriteString(t.out, text)
}

func (t *transcript) line(style, text string) { t.write(style + text + t.end(style) + "\n") }

func (t *transcript) end(style string) string {
	if style == "" {
		return ""
	}
	return t.style.plain
}

// step begins a step: its title, and a sentence on what is shown and why.
func (t *transcript) step(title, why string) {
	t.steps++
	t.write("\n")
	t.line(t.style.title, fmt.Sprintf("%d. %s", t.steps, title))
	t.say(why)
}

// say writes a paragraph.
func (t *transcript) say(text string) {
	line := "  "
	for _, word := range strings.Fields(text) {
		if len([]rune(line))+1+len([]rune(word)) > width && strings.TrimSpace(line) != "" {
			t.line("", line)
			line = "  "
		}
		if strings.TrimSpace(line) != "" {
			line += " "
		}
		line += word
	}
	t.line("", line)
}

// command shows a command as it is typed, apart from what came before.
func (t *transcript) command(line string) { t.write("\n"); t.line(t.style.command, "  $ "+line) }

// output shows what a command printed.
func (t *transcript) output(text string) {
	for line := range strings.Lines(text) {
		t.line("", strings.TrimRight("    "+strings.TrimRight(line, "\n"), " "))
	}
}

// expect tells whether an expectation held: it did if err is nil.
func (t *transcript) expect(expectation string, err error) {
	if err == nil {
		t.held++
		t.line(t.style.good, "  ✓ "+expectation)
		return
	}
	t.failed = append(t.failed, expectation)
	t.line(t.style.bad, "  ✗ "+expectation)
	t.line(t.style.bad, "    "+err.Error())
}

// refused expects that AWS refused a call for lack of permission, and shows its words.
func (t *transcript) refused(what string, err error) {
	t.expect("refused: "+what, t.answered("AccessDenied", err))
}

// ended expects that AWS does not know the key of a session any more, and shows its words.
func (t *transcript) ended(what string, err error) {
	t.expect("ended: "+what, t.answered("InvalidAccessKeyId", err))
}

// answered shows the answer of AWS and gives nil if it is an error of that code.
func (t *transcript) answered(code string, err error) error {
	if err == nil {
		return errors.New("AWS let it through")
	}
	t.output(wordsOf(err))
	if answer := smithy.APIError(nil); errors.As(err, &answer) && answer.ErrorCode() == code {
		return nil
	}
	return fmt.Errorf("AWS was expected to answer %s", code)
}

// wordsOf gives AWS's code and words, without those of the SDK around them.
func wordsOf(err error) string {
	var answer smithy.APIError
	if errors.As(err, &answer) {
		return answer.ErrorCode() + ": " + answer.ErrorMessage()
	}
	return err.Error()
}

// close writes the last line and tells whether everything held.
func (t *transcript) close() error {
	t.write("\n")
	if len(t.failed) == 0 {
		t.line(t.style.good, fmt.Sprintf("demo: %d expectations held", t.held))
		return nil
	}
	t.line(t.style.bad, fmt.Sprintf("demo: %d of %d expectations failed:", len(t.failed), t.held+len(t.failed)))
	for _, expectation := range t.failed {
		t.line(t.style.bad, "  ✗ "+expectation)
	}
	return errors.New("expectations failed")
}
