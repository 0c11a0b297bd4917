// This file reads and writes the JSON of the protocol, and words errors (KMS API
// Reference, "Common Errors" and the errors of each operation).
package kmssim

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
)

// contentType is that of every body.
const contentType = "application/x-amz-json-1.1"

// TargetPrefix stands before the operation in the header X-Amz-Target.
const TargetPrefix = "TrentService."

// read reads the input of the call. A member that the simulator does not know is
// an error: it would be left out of account.
func (r *request) read(input any) error {
	if len(bytes.TrimSpace(r.call.Body)) == 0 {
		return nil
	}
	decoder := json.NewDecoder(bytes.NewReader(r.call.Body))
	decoder.DisallowUnknownFields()
	err := decoder.Decode(input)
	switch {
	case err == nil:
		return nil
	case strings.Contains(err.Error(), "unknown field"):
		return query.Errorf("UnsupportedOperationException", http.StatusNotImplemented, "The simulator cannot carry out %s: %s", r.call.Operation, err)
	}
	return query.Errorf("SerializationException", http.StatusBadRequest, "%s", err)
}

// NamedKey is the key that the body of a call names, for the call log.
func NamedKey(body []byte) string {
	var input struct {
		KeyID       string `json:"KeyId"`
		TargetKeyID string `json:"TargetKeyId"`
	}
	if json.Unmarshal(body, &input) != nil {
		return "" // the operation itself refuses it
	}
	return input.KeyID + input.TargetKeyID
}

// Refuse writes an error.
func Refuse(w http.ResponseWriter, e *query.Error) {
	status := e.Status
	if status == http.StatusForbidden {
		status = http.StatusBadRequest // KMS refuses with 400
	}
	write(w, status, map[string]string{"__type": e.Code, "message": e.Message})
}

func write(w http.ResponseWriter, status int, answer any) {
	body := []byte{}
	if answer != nil {
		var err error
		if body, err = json.Marshal(answer); err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
	}
	w.Header().Set("Content-Type", contentType)
	w.WriteHeader(status)
	// The caller may have gone away; there is nobody left to tell.
	_, _ = w.Write(body)
}

// seconds is how the protocol shows a time: seconds since 1970.
func seconds(at time.Time) float64 { return float64(at.UnixMilli()) / 1000 }

func fail(code, format string, args ...any) error {
	return query.Errorf(code, http.StatusBadRequest, format, args...)
}

func invalid(format string, args ...any) error { return fail("ValidationException", format, args...) }

// limits are the size of a page that asks for none, and the largest.
type limits struct{ usual, most int }

// of gives the size of a page that a caller asks for.
func (l limits) of(asked *int) pageSize {
	if asked == nil {
		return pageSize{l.usual, l.most}
	}
	return pageSize{*asked, l.most}
}

type pageSize struct{ size, most int }

// page cuts a page out of all, after the marker, which is the number of what
// came before.
func page[T any](all []T, p pageSize, marker string) (shown []T, next string, err error) {
	if p.size < 1 || p.size > p.most {
		return nil, "", invalid("1 validation error detected: Value '%d' at 'limit' failed to satisfy constraint: "+
			"Member must have value between 1 and %d", p.size, p.most)
	}
	from := 0
	if marker != "" {
		if from, err = strconv.Atoi(marker); err != nil || from < 0 || from > len(all) {
			return nil, "", fail("InvalidMarkerException", "The marker is invalid.")
		}
	}
	end := min(from+p.size, len(all))
	if end < len(all) {
		next = strconv.Itoa(end)
	}
	return all[from:end], next, nil
}
