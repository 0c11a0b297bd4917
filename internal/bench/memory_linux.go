package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// This file measures the memory of the provider: it is a child of terraform, which ends it when its work is done, so it
// is watched while it runs. The kernel keeps the peak itself (VmHWM in proc(5), KiB), so that only what a process adds in
// its last moments can be missed.

const (
	// watchInterval is short beside the life of a provider, which is a fifth of a second at least.
	watchInterval = 20 * time.Millisecond
	// looks is how often a process is looked at before it counts as another's: between fork and exec a provider shows the
	// binary of terraform. After that it costs nothing, so that watching does not slow down what is measured.
	looks = 3
)

// watcher knows the processes of the machine.
type watcher struct {
	binary string
	// others counts how often a process was seen with another binary, by its folder in /proc.
	others map[string]int
	peak   int64
}

// watchMemory watches all processes of a binary until stop is called, which gives the largest peak in bytes.
func watchMemory(binary string) (stop func() int64) {
	done, result := make(chan struct{}), make(chan int64)
	w := watcher{binary: binary, others: map[string]int{}}
	go func() {
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		for {
			w.look()
			select {
			case <-done:
				result <- w.peak
				return
			case <-ticker.C:
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-result
	}
}

// look takes the peak of each process of the binary.
func (w *watcher) look() {
	proc, err := os.Open("/proc")
	if err != nil {
		return
	}
	defer proc.Close()
	names, err := proc.Readdirnames(-1)
	if err != nil {
		return
	}
	for _, name := range names {
		if name[0] < '0' || name[0] > '9' || w.others[name] >= looks {
			continue
		}
		if target, err := os.Readlink(filepath.Join("/proc", name, "exe")); err != nil || target != w.binary {
			w.others[name]++
			continue
		}
		w.peak = max(w.peak, highWater(filepath.Join("/proc", name, "status")))
	}
}

// highWater reads VmHWM in bytes; 0 when the process is gone.
func highWater(status string) int64 {
	text, err := os.ReadFile(status)
	if err != nil {
		return 0
	}
	for line := range bytes.Lines(text) {
		fields := bytes.Fields(line)
		if len(fields) == 3 && string(fields[0]) == "VmHWM:" {
			kib, err := strconv.ParseInt(string(fields[1]), 10, 64)
			if err == nil {
				return kib << 10
			}
		}
	}
	return 0
}
