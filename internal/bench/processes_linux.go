package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strconv"
	"time"
)

// This file measures what the processes of the provider take: they are children of terraform, which ends them when their
// work is done, so they are watched while they run. The kernel keeps peak and sum itself (VmHWM, utime and stime in
// proc(5)), so that only what a process adds in its last moments can be missed.

const (
	// watchInterval is short beside the life of a provider, which is a fifth of a second at least.
	watchInterval = 20 * time.Millisecond
	// looks is how often a process is looked at before it counts as another's: between fork and exec a provider shows the
	// binary of terraform. After that it costs nothing, so that watching does not slow down what is measured.
	looks = 3
	// tick is the unit of times in /proc: USER_HZ of Linux is 100 (time(7)).
	tick = 10 * time.Millisecond
)

// watcher knows the processes of the machine.
type watcher struct {
	binary string
	// others counts how often a process was seen with another binary, by its folder in /proc.
	others map[string]int
	peak   int64
	// cpu is the time of each process of the binary, by its folder.
	cpu map[string]time.Duration
}

// watch watches all processes of a binary until stop is called.
func watch(binary string) (stop func() use) {
	done, result := make(chan struct{}), make(chan use)
	w := watcher{binary: binary, others: map[string]int{}, cpu: map[string]time.Duration{}}
	go func() {
		ticker := time.NewTicker(watchInterval)
		defer ticker.Stop()
		for {
			w.look()
			select {
			case <-done:
				result <- w.seen()
				return
			case <-ticker.C:
			}
		}
	}()
	return func() use {
		close(done)
		return <-result
	}
}

func (w *watcher) seen() use {
	seen := use{memory: w.peak}
	for _, cpu := range w.cpu {
		seen.cpu += cpu
	}
	return seen
}

// look takes the peak and the time of each process of the binary.
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
		w.cpu[name] = max(w.cpu[name], computed(filepath.Join("/proc", name, "stat")))
	}
}

// computed reads utime and stime, the 14th and 15th field; 0 when the process is gone. The second field, the name of the
// program in parentheses, may have spaces.
func computed(stat string) time.Duration {
	text, err := os.ReadFile(stat)
	if err != nil {
		return 0
	}
	fields := bytes.Fields(text[bytes.LastIndexByte(text, ')')+1:])
	if len(fields) < 13 {
		return 0
	}
	var ticks int64
	for _, field := range fields[11:13] {
		count, err := strconv.ParseInt(string(field), 10, 64)
		if err != nil {
			return 0
		}
		ticks += count
	}
	return time.Duration(ticks) * tick
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
