// This file makes unique IDs, keys and tokens: a seeded sequence, so that two
// runs of a test see the same ones.
package directory

import (
	"fmt"
	"math/rand/v2"
)

// sequence deals IDs; it is guarded by the lock of the directory.
type sequence struct {
	random *rand.Rand
	calls  uint64
}

func newSequence(seed uint64) *sequence {
	return &sequence{random: rand.New(rand.NewPCG(seed, 0x61777373696d))} //nolint:gosec // IDs of a simulator have to repeat from run to run
}

const (
	capitals = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"
	letters  = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
)

func (s *sequence) text(alphabet string, n int) string {
	b := make([]byte, n)
	for i := range b {
		b[i] = alphabet[s.random.IntN(len(alphabet))]
	}
	return string(b)
}

// NewID deals a unique ID with the prefix of its kind (IAM User Guide, "IAM
// identifiers": AROA role, AIDA user, ANPA managed policy, AIPA profile).
func (d *Directory) NewID(prefix string) string { return prefix + d.ids.text(capitals, 17) }

func (d *Directory) newKey(prefix string) *Key {
	return &Key{ID: prefix + d.ids.text(capitals, 16), Secret: d.ids.text(letters, 40)}
}

// NewRequestID deals the ID of a request; it takes the lock itself.
func (d *Directory) NewRequestID() string {
	d.Lock()
	defer d.Unlock()
	d.ids.calls++
	return fmt.Sprintf("00000000-0000-4000-8000-%012x", d.ids.calls)
}
