// This file deals and revokes access keys of users.
package iamsim

import "github.com/crossaccount/terraform-provider-crossaccount/internal/awssim/query"

// maxKeys is how many access keys a user can have.
const maxKeys = 2

type keyShape struct {
	UserName    string
	AccessKeyID string `xml:"AccessKeyId"`
	Status      string
	Secret      string `xml:"SecretAccessKey,omitempty"`
	CreateDate  string
}

func (s *Service) createAccessKey(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	if len(s.dir.UserKeys(u)) >= maxKeys {
		return nil, limitExceeded("Cannot exceed quota for AccessKeysPerUser: %d", maxKeys)
	}
	k := s.dir.AddUserKey(u)
	return struct{ AccessKey keyShape }{keyShape{u.Name, k.ID, "Active", k.Secret, date(k.Created)}}, nil
}

func (s *Service) deleteAccessKey(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	id := c.Params.Get("AccessKeyId")
	if k := s.dir.FindKey(id); k == nil || k.User != u {
		return nil, noSuchEntity("The Access Key with id %s cannot be found.", id)
	}
	s.dir.RemoveKey(id)
	return nil, nil
}

func (s *Service) listAccessKeys(c *query.Call) (any, error) {
	u, err := s.user(c, &query.Constraints{}, nil)
	if err != nil {
		return nil, err
	}
	var keys []keyShape
	for _, k := range s.dir.UserKeys(u) {
		keys = append(keys, keyShape{UserName: u.Name, AccessKeyID: k.ID, Status: "Active", CreateDate: date(k.Created)})
	}
	keys, more, err := page(s, c, keys, func(k keyShape) string { return k.AccessKeyID })
	return struct {
		AccessKeyMetadata query.List[keyShape]
		paging
	}{query.ListOf(keys), more}, err
}
