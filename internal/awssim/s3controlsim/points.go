// This file answers the calls on access points themselves (S3 User Guide,
// "Creating access points"; "Access points restrictions and limitations").
package s3controlsim

import (
	"encoding/xml"
	"net/http"
	"regexp"
	"strconv"
	"strings"

	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"
	"github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/s3sim"
)

const (
	timestamp = "2006-01-02T15:04:05.000Z"
)

var pointName = regexp.MustCompile(`^[a-z0-9][a-z0-9-]{1,48}[a-z0-9]$`)

type vpcShape struct {
	VpcID string `xml:"VpcId"`
}

func createAccessPoint(r *request) (any, error) {
	var body struct {
		Bucket          string
		BucketAccountID string                   `xml:"BucketAccountId"`
		Vpc             *vpcShape                `xml:"VpcConfiguration"`
		Block           *s3sim.PublicAccessBlock `xml:"PublicAccessBlockConfiguration"`
		Tags            []tagShape               `xml:"Tags>Tag"`
		Scope           *struct{}
	}
	if err := r.read(&body); err != nil {
		return nil, err
	}
	made := s3sim.AccessPoint{
		Name: r.name, Region: r.call.Caller.Region, Owner: r.call.Caller.Account, Bucket: body.Bucket, Block: s3sim.BlockAll,
	}
	if body.Vpc != nil {
		made.VPC = body.Vpc.VpcID
	}
	if body.Block != nil {
		made.Block = *body.Block
	}
	if err := r.may("CreateAccessPoint", &made); err != nil {
		return nil, err
	}
	if body.Scope != nil {
		return nil, query.Errorf("NotImplemented", http.StatusNotImplemented, "The simulator has no directory buckets, and so no scopes")
	}
	if !pointName.MatchString(r.name) || strings.HasSuffix(r.name, "-s3alias") {
		return nil, invalidRequest("The access point name %s is not valid", r.name)
	}
	if err := r.checkBucket(body.Bucket, body.BucketAccountID); err != nil {
		return nil, err
	}
	if err := r.writeTags(&made, body.Tags); err != nil {
		return nil, err
	}
	p, err := r.s3.AddPoint(made)
	if err != nil {
		return nil, err
	}
	// AccessPointArn is in the answer for access points on Outposts only (S3 Control API Reference, "CreateAccessPoint").
	return struct {
		XMLName xml.Name `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ CreateAccessPointResult"`
		Alias   string
	}{Alias: p.Alias}, nil
}

// checkBucket: a bucket of another account has to be told by its account.
func (r *request) checkBucket(name, account string) error {
	owner, region := r.s3.BucketOf(name)
	switch {
	case owner == nil:
		return query.Errorf("NoSuchBucket", http.StatusNotFound, "The specified bucket does not exist")
	case account != "" && account != owner.ID:
		return invalidRequest("BucketAccountId parameter should be same as the AWS Account Id of bucket owner")
	case account == "" && owner != r.call.Caller.Account:
		return accessDenied()
	case region != "" && region != r.call.Caller.Region:
		return invalidRequest("The access point must be in the region of the bucket, %s", region)
	}
	return nil
}

func getAccessPoint(r *request) (any, error) {
	p, err := r.point("GetAccessPoint")
	if err != nil {
		return nil, err
	}
	shape := struct {
		XMLName         xml.Name `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ GetAccessPointResult"`
		Name            string
		Bucket          string
		NetworkOrigin   string
		Vpc             *vpcShape               `xml:"VpcConfiguration,omitempty"`
		Block           s3sim.PublicAccessBlock `xml:"PublicAccessBlockConfiguration"`
		CreationDate    string
		Alias           string
		AccessPointArn  string
		BucketAccountID string `xml:"BucketAccountId,omitempty"`
	}{
		Name: p.Name, Bucket: p.Bucket, NetworkOrigin: p.NetworkOrigin(), Block: p.Block, CreationDate: p.Created.Format(timestamp),
		Alias: p.Alias, AccessPointArn: p.ARN(), Vpc: vpcOf(p),
	}
	if owner, _ := r.s3.BucketOf(p.Bucket); owner != nil {
		shape.BucketAccountID = owner.ID
	}
	return shape, nil
}

func vpcOf(p *s3sim.AccessPoint) *vpcShape {
	if p.VPC == "" {
		return nil
	}
	return &vpcShape{p.VPC}
}

type listedPoint struct {
	Name           string
	NetworkOrigin  string
	Vpc            *vpcShape `xml:"VpcConfiguration,omitempty"`
	Bucket         string
	AccessPointArn string
	Alias          string
}

// maxPoints is the longest page.
const maxPoints = 1000

func listAccessPoints(r *request) (any, error) {
	if err := r.may("ListAccessPoints", nil); err != nil {
		return nil, err
	}
	asked := r.call.Request.URL.Query()
	size := maxPoints
	if text := asked.Get("maxResults"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 1 {
			return nil, invalidRequest("maxResults must be a number from 1 to %d", maxPoints)
		}
		size = min(n, maxPoints)
	}
	shape := struct {
		XMLName   xml.Name      `xml:"http://awss3control.amazonaws.com/doc/2018-08-20/ ListAccessPointsResult"`
		Points    []listedPoint `xml:"AccessPointList>AccessPoint"`
		NextToken string        `xml:",omitempty"`
	}{}
	for _, p := range r.s3.PointsOf(r.call.Caller.Account.ID, r.call.Caller.Region) {
		if bucket := asked.Get("bucket"); bucket != "" && bucket != p.Bucket || p.Name <= asked.Get("nextToken") {
			continue
		}
		if len(shape.Points) == size {
			shape.NextToken = shape.Points[size-1].Name
			break
		}
		shape.Points = append(shape.Points, listedPoint{p.Name, p.NetworkOrigin(), vpcOf(p), p.Bucket, p.ARN(), p.Alias})
	}
	return shape, nil
}

func deleteAccessPoint(r *request) (any, error) {
	p, err := r.point("DeleteAccessPoint")
	if err != nil {
		return nil, err
	}
	r.s3.RemovePoint(p)
	return nil, nil //nolint:nilnil // the answer is empty
}
