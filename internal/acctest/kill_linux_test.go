package acctest

import (
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
)

// canKill tells that the provider can be found below terraform and killed.
const canKill = true

// kill kills a process that a test started, without a chance to tidy up. What is gone already cannot be killed.
func kill(pid int) { end(pid, syscall.SIGKILL) }

// crash lets a process that a test started end as by a crash: it writes what all its goroutines are at.
func crash(pid int) { end(pid, syscall.SIGQUIT) }

// end returns when the process has ended: a signal takes its time, in which the process could make its next call.
func end(pid int, signal syscall.Signal) {
	if syscall.Kill(pid, signal) != nil {
		return
	}
	for {
		if state, _, found := statusOf(pid); !found || state == "Z" || state == "X" {
			return
		}
		runtime.Gosched()
	}
}

// childrenOf lists the processes that a process started.
func childrenOf(pid int) []int {
	var children []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		child, err := strconv.Atoi(filepath.Base(filepath.Dir(stat)))
		if err != nil {
			continue
		}
		if _, parent, found := statusOf(child); found && parent == strconv.Itoa(pid) {
			children = append(children, child)
		}
	}
	return children
}

// statusOf tells the state of a process as one letter, see proc(5), and its parent; not found is one that has ended.
func statusOf(pid int) (state, parent string, found bool) {
	text, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return "", "", false
	}
	// pid (name) state parent …; a name may have anything in it.
	fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
	if len(fields) < 2 {
		return "", "", false
	}
	return fields[0], fields[1], true
}
