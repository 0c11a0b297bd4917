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

// watchInterval is short beside the life of a provider, which is about a second at least.
const watchInterval = 10 * time.Millisecond

// watchMemory watches all processes of a binary until stop is called, which gives the largest peak in bytes.
func watchMemory(binary string) (stop func() int64) {
	done, result := make(chan struct{}), make(chan int64)
	go func() {
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		var peak int64
		for {
			select {
			case <-done:
				result <- max(peak, peakOf(binary))
				return
			case <-ticker.C:
				peak = max(peak, peakOf(binary))
			}
		}
	}()
	return func() int64 {
		close(done)
		return <-result
	}
}

// peakOf gives the largest peak of the processes of a binary that run now, in bytes; 0 when there is none.
func peakOf(binary string) int64 {
	links, err := filepath.Glob("/proc/[0-9]*/exe")
	if err != nil {
		return 0
	}
	var peak int64
	for _, link := range links {
		if target, err := os.Readlink(link); err == nil && target == binary {
			peak = max(peak, highWater(filepath.Join(filepath.Dir(link), "status")))
		}
	}
	return peak
}

// highWater reads VmHWM; 0 when the process is gone.
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
