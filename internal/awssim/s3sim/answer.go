// This file writes answers as S3 does: XML with the namespace of the API, and the two headers that identify a call.
package s3sim

import (
	"encoding/base64"
	"encoding/xml"
	"maps"
	"net/http"
	"strconv"
	"time"
)

const (
	namespace = "http://s3.amazonaws.com/doc/2006-03-01/"
	timestamp = "2006-01-02T15:04:05.000Z"
)

// answer is what a call gets back: a body or a value to be written as XML, or neither.
type answer struct {
	status int // 0 stands for 200
	header http.Header
	body   []byte
	xml    any
}

func ok(value any) *answer { return &answer{xml: value} }

func noContent() *answer { return &answer{status: http.StatusNoContent} }

// with adds a header unless its value is empty.
func (a *answer) with(name, value string) *answer {
	if a.header == nil {
		a.header = http.Header{}
	}
	if value != "" {
		a.header.Set(name, value)
	}
	return a
}

func (a *answer) write(w http.ResponseWriter, c *Call) {
	body := a.body
	if a.xml != nil {
		text, err := xml.Marshal(a.xml)
		if err != nil {
			http.Error(w, err.Error(), http.StatusInternalServerError)
			return
		}
		body = append([]byte(xml.Header), text...)
		w.Header().Set("Content-Type", "application/xml")
	}
	maps.Copy(w.Header(), a.header)
	w.Header().Set("X-Amz-Request-Id", c.RequestID)
	w.Header().Set("X-Amz-Id-2", hostID(c.RequestID))
	w.Header().Set("Server", "AmazonS3")
	status := a.status
	if status == 0 {
		status = http.StatusOK
	}
	if c.Request.Method != http.MethodHead && status != http.StatusNoContent && status != http.StatusNotModified {
		w.Header().Set("Content-Length", strconv.Itoa(len(body)))
	}
	w.WriteHeader(status)
	if c.Request.Method != http.MethodHead {
		// The caller may have gone away; there is nobody left to tell.
		_, _ = w.Write(body)
	}
}

func hostID(requestID string) string {
	return base64.StdEncoding.EncodeToString([]byte("host of " + requestID))
}

func xmlTime(at time.Time) string { return at.UTC().Format(timestamp) }

// readXML reads the body of a request into target.
func (r *request) readXML(target any) error {
	if err := xml.Unmarshal(r.body, target); err != nil {
		return malformedXML()
	}
	return nil
}
