// This file keeps an answer until it may be sent, and writes refusals in the form
// of each protocol.
package awssim

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/analyzersim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/iamsim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/kmssim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3controlsim"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/stssim"
)

// answer is an http.ResponseWriter that keeps everything.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func newAnswer() *answer { return &answer{header: http.Header{}} }

func (a *answer) Header() http.Header { return a.header }

func (a *answer) WriteHeader(status int) {
	if a.status == 0 {
		a.status = status
	}
}

func (a *answer) Write(b []byte) (int, error) {
	a.WriteHeader(http.StatusOK)
	return a.body.Write(b)
}

// errorCode is AWS's error code, which the XML protocols put into an element Code
// and KMS into a member __type. An answer without a body, as to HEAD, has its
// status text instead.
func (a *answer) errorCode() string {
	if a.status < http.StatusMultipleChoices {
		return ""
	}
	var typed struct {
		Type string `json:"__type"`
	}
	if json.Unmarshal(a.body.Bytes(), &typed) == nil && typed.Type != "" {
		return typed.Type
	}
	_, rest, found := bytes.Cut(a.body.Bytes(), []byte("<Code>"))
	code, _, closed := bytes.Cut(rest, []byte("</Code>"))
	if !found || !closed {
		return http.StatusText(a.status)
	}
	return string(code)
}

// send sends the answer.
func (a *answer) send(w http.ResponseWriter) {
	a.sendHead(w)
	_, _ = w.Write(a.body.Bytes())
}

// sendHalf announces the whole answer and sends half of it.
func (a *answer) sendHalf(w http.ResponseWriter) {
	w.Header().Set("Content-Length", strconv.Itoa(a.body.Len()))
	a.sendHead(w)
	_, _ = w.Write(a.body.Bytes()[:a.body.Len()/2])
	_ = http.NewResponseController(w).Flush()
	panic(http.ErrAbortHandler)
}

func (a *answer) sendHead(w http.ResponseWriter) {
	for name, values := range a.header {
		w.Header()[name] = values
	}
	a.WriteHeader(http.StatusOK)
	w.WriteHeader(a.status)
}

type s3Error struct {
	XMLName   xml.Name `xml:"Error"`
	Code      string
	Message   string
	RequestID string `xml:"RequestId"`
	HostID    string `xml:"HostId"`
}

// refuse writes an error in the form of the service that was called.
func refuse(w http.ResponseWriter, in *incoming, e *query.Error) {
	switch in.service {
	case "iam":
		iamsim.Protocol.Refuse(w, in.requestID, e)
		return
	case "sts":
		stssim.Protocol.Refuse(w, in.requestID, e)
		return
	case "kms":
		kmssim.Refuse(w, e)
		return
	case "s3control":
		s3controlsim.Refuse(w, in.requestID, e)
		return
	case analyzersim.SigningName:
		analyzersim.Refuse(w, e)
		return
	}
	// Strings always marshal.
	body, _ := xml.Marshal(s3Error{Code: e.Code, Message: e.Message, RequestID: in.requestID, HostID: in.requestID})
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.Status)
	if in.request.Method != http.MethodHead {
		_, _ = w.Write(append([]byte(xml.Header), body...))
	}
}
