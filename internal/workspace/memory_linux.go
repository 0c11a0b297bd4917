package workspace

import (
	"os"
	"syscall"
)

// peakMemory gives the largest resident set of the process and those it waited for; Linux counts it in KiB.
func peakMemory(state *os.ProcessState) int64 {
	if usage, ok := state.SysUsage().(*syscall.Rusage); ok {
		return usage.Maxrss * 1024
	}
	return 0
}
