// This file answers the calls that use a key. Nothing is really encrypted: a
// ciphertext says which key and which encryption context made it.
package kmssim

import (
	"bytes"
	"crypto/sha256"
	"encoding/json"
	"maps"
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// sealed is what a ciphertext holds.
type sealed struct {
	Key       string
	Context   map[string]string
	Plaintext []byte
	Sum       []byte // of the rest: a ciphertext that was changed is none
}

// mark begins every ciphertext.
var mark = []byte("sealed by awssim ")

func (s sealed) sum() []byte {
	s.Sum = nil
	text, _ := json.Marshal(s) // maps of strings always marshal
	sum := sha256.Sum256(text)
	return sum[:]
}

func (s sealed) seal() []byte {
	s.Sum = s.sum()
	text, _ := json.Marshal(s) // maps of strings always marshal
	return append(bytes.Clone(mark), text...)
}

func unseal(ciphertext []byte) (sealed, error) {
	var s sealed
	text, ok := bytes.CutPrefix(ciphertext, mark)
	if !ok || json.Unmarshal(text, &s) != nil || !bytes.Equal(s.Sum, s.sum()) {
		return s, &query.Error{Code: "InvalidCiphertextException", Status: http.StatusBadRequest}
	}
	return s, nil
}

type cryptoInput struct {
	keyInput
	EncryptionContext   map[string]string
	EncryptionAlgorithm string
	GrantTokens         []string // every grant of the simulator is in force at once
}

func (i cryptoInput) check() error {
	if i.EncryptionAlgorithm != "" && i.EncryptionAlgorithm != symmetric {
		return fail("InvalidKeyUsageException", "The key has the algorithm %s only", symmetric)
	}
	return nil
}

// ready judges the use of a key, and that it can be used.
func (r *request) ready(i cryptoInput) (*Key, error) {
	if err := i.check(); err != nil {
		return nil, err
	}
	k, err := r.may(i.KeyID, r.use(i.EncryptionContext))
	if err != nil {
		return nil, err
	}
	return k, k.checkState(enabled)
}

type cryptoAnswer struct {
	CiphertextBlob      []byte `json:",omitempty"`
	Plaintext           []byte `json:",omitempty"`
	KeyID               string `json:"KeyId"`
	EncryptionAlgorithm string `json:",omitempty"`
}

func encrypt(r *request) (any, error) {
	var input struct {
		cryptoInput
		Plaintext []byte
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	k, err := r.ready(input.cryptoInput)
	if err != nil {
		return nil, err
	}
	if n := len(input.Plaintext); n < 1 || n > 4096 {
		return nil, invalid("1 validation error detected: Value at 'plaintext' failed to satisfy constraint: " +
			"Member must have length between 1 and 4096")
	}
	blob := sealed{Key: k.ARN(), Context: input.EncryptionContext, Plaintext: input.Plaintext}.seal()
	return cryptoAnswer{CiphertextBlob: blob, KeyID: k.ARN(), EncryptionAlgorithm: symmetric}, nil
}

func decrypt(r *request) (any, error) {
	var input struct {
		cryptoInput
		CiphertextBlob []byte
	}
	if err := r.read(&input); err != nil {
		return nil, err
	}
	if err := input.check(); err != nil {
		return nil, err
	}
	s, err := unseal(input.CiphertextBlob)
	if err != nil {
		return nil, err
	}
	u := r.use(input.EncryptionContext)
	if input.KeyID == "" {
		input.KeyID, u.byCiphertext = s.Key, true
	}
	k, err := r.may(input.KeyID, u)
	if err != nil {
		return nil, err
	}
	if err := k.checkState(enabled); err != nil {
		return nil, err
	}
	switch {
	case k.ARN() != s.Key:
		return nil, fail("IncorrectKeyException", "The key ID in the request does not identify a CMK that can perform this operation.")
	case !maps.Equal(s.Context, input.EncryptionContext):
		return nil, &query.Error{Code: "InvalidCiphertextException", Status: http.StatusBadRequest}
	}
	return cryptoAnswer{Plaintext: s.Plaintext, KeyID: k.ARN(), EncryptionAlgorithm: symmetric}, nil
}

func generateDataKey(r *request) (any, error) { return r.dataKey() }

func generateDataKeyWithoutPlaintext(r *request) (any, error) {
	answer, err := r.dataKey()
	answer.Plaintext = nil
	return answer, err
}

func (r *request) dataKey() (cryptoAnswer, error) {
	var input struct {
		cryptoInput
		KeySpec       string
		NumberOfBytes *int
	}
	if err := r.read(&input); err != nil {
		return cryptoAnswer{}, err
	}
	length, known := map[string]int{"AES_256": 32, "AES_128": 16}[input.KeySpec]
	switch {
	case known == (input.NumberOfBytes != nil):
		return cryptoAnswer{}, invalid("Please specify either number of bytes or key spec.")
	case !known:
		length = *input.NumberOfBytes
	}
	if length < 1 || length > sha256.Size {
		return cryptoAnswer{}, fail("UnsupportedOperationException", "The simulator makes data keys of up to %d bytes", sha256.Size)
	}
	k, err := r.ready(input.cryptoInput)
	if err != nil {
		return cryptoAnswer{}, err
	}
	fresh := sha256.Sum256([]byte(r.dir.NewID("data")))
	blob := sealed{Key: k.ARN(), Context: input.EncryptionContext, Plaintext: fresh[:length]}.seal()
	return cryptoAnswer{CiphertextBlob: blob, Plaintext: fresh[:length], KeyID: k.ARN()}, nil
}
