// This file writes answers and errors in the XML of the Query protocol.
package query

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"net/http"
)

// List is a list as the Query protocol shows it: <Name><member>…</member></Name>,
// present also when it is empty.
type List[T any] struct {
	Member []T `xml:"member"`
}

// ListOf wraps a slice.
func ListOf[T any](members []T) List[T] { return List[T]{Member: members} }

// Service says how one service signs its answers.
type Service struct {
	Name      string // as in a credential scope: iam, sts
	Version   string // API version that the caller must name
	Namespace string // XML namespace of every answer
}

// Answer writes the result of an operation; result nil means that the
// operation has none.
func (s Service) Answer(w http.ResponseWriter, c *Call, result any) error {
	var body bytes.Buffer
	enc := xml.NewEncoder(&body)
	outer := xml.StartElement{
		Name: xml.Name{Local: c.Operation + "Response"},
		Attr: []xml.Attr{{Name: xml.Name{Local: "xmlns"}, Value: s.Namespace}},
	}
	if err := enc.EncodeToken(outer); err != nil {
		return fmt.Errorf("opening the answer: %w", err)
	}
	if result != nil {
		name := xml.StartElement{Name: xml.Name{Local: c.Operation + "Result"}}
		if err := enc.EncodeElement(result, name); err != nil {
			return fmt.Errorf("writing the result of %s: %w", c.Operation, err)
		}
	}
	meta := struct {
		RequestID string `xml:"RequestId"`
	}{c.RequestID}
	if err := enc.EncodeElement(meta, xml.StartElement{Name: xml.Name{Local: "ResponseMetadata"}}); err != nil {
		return fmt.Errorf("writing the request ID: %w", err)
	}
	if err := enc.EncodeToken(outer.End()); err != nil {
		return fmt.Errorf("closing the answer: %w", err)
	}
	if err := enc.Flush(); err != nil {
		return fmt.Errorf("writing the answer: %w", err)
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(http.StatusOK)
	_, err := w.Write(body.Bytes())
	return err
}

type errorAnswer struct {
	XMLName   xml.Name    `xml:"ErrorResponse"`
	Namespace string      `xml:"xmlns,attr"`
	Error     errorDetail `xml:"Error"`
	RequestID string      `xml:"RequestId"`
}

type errorDetail struct {
	Type    string `xml:"Type"`
	Code    string `xml:"Code"`
	Message string `xml:"Message"`
}

// Refuse writes an error answer.
func (s Service) Refuse(w http.ResponseWriter, requestID string, e *Error) {
	detail := errorDetail{Type: "Receiver", Code: e.Code, Message: e.Message}
	if e.Sender() {
		detail.Type = "Sender"
	}
	body, err := xml.Marshal(errorAnswer{Namespace: s.Namespace, Error: detail, RequestID: requestID})
	if err != nil {
		http.Error(w, err.Error(), http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", "text/xml")
	w.WriteHeader(e.Status)
	_, _ = w.Write(body)
}
