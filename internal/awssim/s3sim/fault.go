// This file words the errors of S3: code, status and text (S3 API Reference, "Error responses"), and writes them.
package s3sim

import (
	"encoding/xml"
	"errors"
	"fmt"
	"net/http"
)

// fault is an error answer: beyond code and words, S3 names in elements of their own what the error is about.
type fault struct {
	code, message string
	status        int

	details []detail
	header  http.Header
	// unallowed tells that nothing denies the call: it is refused for want of an allowance.
	unallowed bool
}

type detail struct {
	XMLName xml.Name
	Value   string `xml:",chardata"`
}

func newFault(code string, status int, words string) *fault {
	return &fault{code: code, status: status, message: words, header: http.Header{}}
}

// Error gives code and words as the SDK would show them.
func (f *fault) Error() string { return f.code + ": " + f.message }

func (f *fault) about(name, value string) *fault {
	f.details = append(f.details, detail{XMLName: xml.Name{Local: name}, Value: value})
	return f
}

// write answers with the error; an answer to HEAD has no body, so its caller learns the status alone.
func (f *fault) write(w http.ResponseWriter, c *Call) {
	a := &answer{status: f.status, header: f.header}
	if c.Request.Method != http.MethodHead {
		a.xml = struct {
			XMLName   xml.Name `xml:"Error"`
			Code      string
			Message   string
			Details   []detail
			RequestID string `xml:"RequestId"`
			HostID    string `xml:"HostId"`
		}{Code: f.code, Message: f.message, Details: f.details, RequestID: c.RequestID, HostID: hostID(c.RequestID)}
	}
	a.write(w, c)
}

func accessDenied() *fault { return newFault("AccessDenied", http.StatusForbidden, "Access Denied") }

func noSuchBucket(name string) *fault {
	return newFault("NoSuchBucket", http.StatusNotFound, "The specified bucket does not exist").about("BucketName", name)
}

func noSuchPoint() *fault {
	return newFault("NoSuchAccessPoint", http.StatusNotFound, "The specified accesspoint does not exist")
}

// Refusal gives code, words and HTTP status of a refusal of S3; the code is "" for an error that is none.
func Refusal(err error) (code, words string, status int) {
	var f *fault
	if !errors.As(err, &f) {
		return "", "", 0
	}
	return f.code, f.message, f.status
}

func noSuchKey(key string) *fault {
	return newFault("NoSuchKey", http.StatusNotFound, "The specified key does not exist.").about("Key", key)
}

func noSuchVersion(key, id string) *fault {
	return newFault("NoSuchVersion", http.StatusNotFound, "The specified version does not exist.").
		about("Key", key).about("VersionId", id)
}

func noSuchUpload(id string) *fault {
	return newFault("NoSuchUpload", http.StatusNotFound, "The specified upload does not exist. "+
		"The upload ID may be invalid, or the upload may have been aborted or completed.").about("UploadId", id)
}

func methodNotAllowed(r *request) *fault {
	return newFault("MethodNotAllowed", http.StatusMethodNotAllowed, "The specified method is not allowed against this resource.").
		about("Method", r.call.Request.Method).about("ResourceType", "BUCKETPOLICY")
}

func malformedPolicy(format string, args ...any) *fault {
	return newFault("MalformedPolicy", http.StatusBadRequest, fmt.Sprintf(format, args...))
}

func malformedXML() *fault {
	return newFault("MalformedXML", http.StatusBadRequest,
		"The XML you provided was not well-formed or did not validate against our published schema")
}

func invalidArgument(name, value, words string) *fault {
	return newFault("InvalidArgument", http.StatusBadRequest, words).about("ArgumentName", name).about("ArgumentValue", value)
}

func invalidRequest(words string) *fault {
	return newFault("InvalidRequest", http.StatusBadRequest, words)
}

func preconditionFailed(condition string) *fault {
	return newFault("PreconditionFailed", http.StatusPreconditionFailed,
		"At least one of the pre-conditions you specified did not hold").about("Condition", condition)
}

// notImplemented says what the simulator does not know; it never lets pass what it does not understand.
func notImplemented(format string, args ...any) *fault {
	return newFault("NotImplemented", http.StatusNotImplemented,
		"A header you provided implies functionality that is not implemented: "+fmt.Sprintf(format, args...))
}
