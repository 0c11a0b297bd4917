// Package collector decides when this process collects its garbage. A program imports it for that alone. It depends on
// nothing, so that it is initialized before packages that would make the first garbage.
package collector

import (
	"os"
	"runtime"
	"runtime/debug"
)

// Terraform starts a provider three times for a plan and lets it live for a fraction of a second in two of them, so that
// collecting there is work for nothing. A process that lives on shares the machine with Terraform and others of its kind.
const (
	// firstPercent lets the heap grow to 16 MiB before garbage is collected at all, 4 MiB for each hundred (runtime, "heapminimum").
	// A plan of one share takes 12.
	firstPercent = 400
	// percent is how much the heap may grow from then on. Go's own 100 saves a tenth of the time of a plan of a thousand shares,
	// and costs 3 MiB of the 60 that it may take.
	percent = 75
)

// A user who sets the collector knows better.
var _ = os.Getenv("GOGC") != "" || os.Getenv("GOMEMLIMIT") != "" || delay()

// delay puts off the first collection, and with its end begins the ordinary pace.
func delay() bool {
	debug.SetGCPercent(firstPercent)
	runtime.AddCleanup(new([64]byte), func(percent int) { debug.SetGCPercent(percent) }, percent)
	return true
}
