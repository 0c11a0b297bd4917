package acctest

import (
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// canKill tells that the provider can be found below terraform and killed.
const canKill = true

// kill kills a process that a test started, without a chance to tidy up. What is gone already cannot be killed.
func kill(pid int) { _ = syscall.Kill(pid, syscall.SIGKILL) }

// crash lets a process that a test started end as by a crash: it writes what all its goroutines are at.
func crash(pid int) { _ = syscall.Kill(pid, syscall.SIGQUIT) }

// childrenOf lists the processes that a process started.
func childrenOf(pid int) []int {
	var children []int
	stats, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, stat := range stats {
		text, err := os.ReadFile(stat)
		if err != nil {
			continue // it has ended
		}
		// pid (name) state parent …; a name may have anything in it.
		fields := strings.Fields(string(text[strings.LastIndexByte(string(text), ')')+1:]))
		if len(fields) > 1 && fields[1] == strconv.Itoa(pid) {
			if child, err := strconv.Atoi(filepath.Base(filepath.Dir(stat))); err == nil {
				children = append(children, child)
			}
		}
	}
	return children
}
