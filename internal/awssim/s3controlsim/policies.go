// This file answers the calls on policies of access points, and on Block Public
// Access of an account.
package s3controlsim

import (
	"encoding/xml"
	"net/http"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

func noSuchPolicy() error {
	return query.Errorf("NoSuchAccessPointPolicy", http.StatusNotFound, "The specified accesspoint policy does not exist")
}

func getAccessPointPolicy(r *request) (any, error) {
	p, err := r.point("GetAccessPointPolicy")
	if err != nil {
		return nil, err
	}
	text := r.s3.PointPolicy(p)
	if text == "" {
		return nil, noSuchPolicy()
	}
	return struct {
		XMLName xml.Name `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ GetAccessPointPolicyResult"`
		Policy  string
	}{Policy: text}, nil
}

func putAccessPointPolicy(r *request) (any, error) {
	p, err := r.point("PutAccessPointPolicy")
	if err != nil {
		return nil, err
	}
	var body struct{ Policy string }
	if err := r.read(&body); err != nil {
		return nil, err
	}
	if body.Policy == "" {
		return nil, query.Errorf("MalformedPolicy", http.StatusBadRequest, "Policies must be valid JSON and the first byte must be '{'")
	}
	return nil, r.s3.WritePointPolicy(r.call.Caller, p, body.Policy)
}

// deleteAccessPointPolicy succeeds also where there is no policy.
func deleteAccessPointPolicy(r *request) (any, error) {
	p, err := r.point("DeleteAccessPointPolicy")
	if err != nil {
		return nil, err
	}
	return nil, r.s3.WritePointPolicy(r.call.Caller, p, "")
}

func getAccessPointPolicyStatus(r *request) (any, error) {
	p, err := r.point("GetAccessPointPolicyStatus")
	if err != nil {
		return nil, err
	}
	if r.s3.PointPolicy(p) == "" {
		return nil, noSuchPolicy()
	}
	return struct {
		XMLName  xml.Name `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ GetAccessPointPolicyStatusResult"`
		IsPublic bool     `xml:"PolicyStatus>IsPublic"`
	}{IsPublic: p.IsPublic()}, nil
}

type blockShape struct {
	XMLName xml.Name `xml:"PublicAccessBlockConfiguration"`
	s3sim.PublicAccessBlock
}

func getPublicAccessBlock(r *request) (any, error) {
	if err := r.may("GetAccountPublicAccessBlock", nil); err != nil {
		return nil, err
	}
	block := r.s3.AccountBlock(r.call.Caller.Account.ID)
	if block == nil {
		return nil, query.Errorf("NoSuchPublicAccessBlockConfiguration", http.StatusNotFound,
			"The public access block configuration was not found")
	}
	return blockShape{PublicAccessBlock: *block}, nil
}

func putPublicAccessBlock(r *request) (any, error) {
	if err := r.may("PutAccountPublicAccessBlock", nil); err != nil {
		return nil, err
	}
	var shape blockShape
	if err := r.read(&shape); err != nil {
		return nil, err
	}
	r.s3.SetAccountBlock(r.call.Caller.Account.ID, &shape.PublicAccessBlock)
	return nil, nil //nolint:nilnil // the answer is empty
}

func deletePublicAccessBlock(r *request) (any, error) {
	if err := r.may("PutAccountPublicAccessBlock", nil); err != nil {
		return nil, err
	}
	r.s3.SetAccountBlock(r.call.Caller.Account.ID, nil)
	return nil, nil //nolint:nilnil // the answer is empty
}
