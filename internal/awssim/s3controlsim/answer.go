// This file writes answers and errors, and reads bodies.
package s3controlsim

import (
	"encoding/xml"
	"errors"
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/directory"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func accessDenied() *query.Error {
	return &query.Error{Code: "AccessDenied", Status: http.StatusForbidden, Message: "Access Denied"}
}

func noSuchAccessPoint() error {
	return query.Errorf("NoSuchAccessPoint", http.StatusNotFound, "The specified accesspoint does not exist")
}

func invalidRequest(format string, args ...any) error {
	return query.Errorf("InvalidRequest", http.StatusBadRequest, format, args...)
}

// asError gives a refusal of S3 or of the judge the form of this service.
func asError(err error) *query.Error {
	if code, words, status := s3sim.Refusal(err); code != "" {
		return query.Errorf(code, status, "%s", words)
	}
	return query.AsError(err)
}

// Refuse writes an error: other than those of S3, it is wrapped.
func Refuse(w http.ResponseWriter, requestID string, e *query.Error) {
	shape := struct {
		XMLName xml.Name `xml:"ErrorResponse"`
		Error   struct{ Code, Message string }
		ID      string `xml:"RequestId"`
		HostID  string `xml:"HostId"`
	}{ID: requestID, HostID: requestID}
	shape.Error.Code, shape.Error.Message = e.Code, e.Message
	body, _ := xml.Marshal(shape) // strings always marshal
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(e.Status)
	_, _ = w.Write(append([]byte(xml.Header), body...))
}

func write(w http.ResponseWriter, c *Call, answer any) {
	if answer == nil {
		return // the API's model names no other status than 200, for deleting neither
	}
	body, err := xml.Marshal(answer)
	if err != nil {
		Refuse(w, c.RequestID, query.AsError(err))
		return
	}
	w.Header().Set("Content-Type", "application/xml")
	_, _ = w.Write(append([]byte(xml.Header), body...))
}

// read reads the body into target.
func (r *request) read(target any) error {
	if err := xml.Unmarshal(r.call.Body, target); err != nil {
		return query.Errorf("MalformedXML", http.StatusBadRequest,
			"The XML you provided was not well-formed or did not validate against our published schema")
	}
	return nil
}

// may judges an action of the caller's own account: p is the access point that it
// is about, nil for one that is about none. GetAccessPoint is judged about no
// resource, though with the condition keys of the access point (Service
// Authorization Reference, Amazon S3, data of September 2026).
func (r *request) may(action string, p *s3sim.AccessPoint) error {
	request := directory.Request{Action: "s3:" + action, Resource: "*", ResourceAccount: r.call.Caller.Account.ID, Keys: directory.Keys{}}
	if p != nil {
		request.Keys = p.Keys()
		if action != "GetAccessPoint" {
			request.Resource = p.ARN()
		}
	}
	request.Keys["s3:ResourceAccount"] = []string{request.ResourceAccount}
	err := r.dir.Authorize(r.call.Caller, request)
	var denial *directory.Denial
	if errors.As(err, &denial) {
		return query.Errorf("AccessDenied", http.StatusForbidden, "%s", denial)
	}
	return err
}

// point finds the access point that a call names, after the action on it was
// judged: on the ARN that it would have.
func (r *request) point(action string) (*s3sim.AccessPoint, error) {
	caller := r.call.Caller
	if p := r.s3.FindPoint(s3sim.PointID{Account: caller.Account.ID, Region: caller.Region, Name: r.name}); p != nil {
		return p, r.may(action, p)
	}
	if err := r.may(action, &s3sim.AccessPoint{Name: r.name, Region: caller.Region, Owner: caller.Account}); err != nil {
		return nil, err
	}
	return nil, noSuchAccessPoint()
}
