#pragma once

#include "core/project/check.h"
#include "core/project/workspace.h"

#include <QAbstractItemModel>
#include <QIcon>

#include <memory>
#include <unordered_map>
#include <vector>

namespace tau::ui {

/// A project as a tree: its own document, global resources by kind, then each application and its
/// resources. Icons tell what changed or is broken, and a screen reader hears it in words.
class ResourceModel : public QAbstractItemModel {
    Q_OBJECT
public:
    enum Role {
        path_role = Qt::UserRole, ///< of the document; empty for a group
        search_role               ///< what the search field looks in
    };

    explicit ResourceModel(QObject* parent = nullptr);
    ~ResourceModel() override;

    /// `workspace` and `problems` stay with the caller, who says when they changed.
    void show(const project::Workspace* workspace, const std::vector<project::Problem>* problems);
    /// After texts or problems changed, but no file came or went.
    void refresh_states();
    /// After files came or went.
    void rebuild();

    const project::Resource* resource_at(const QModelIndex& index) const; ///< nullptr: a group
    QModelIndex index_of(const std::string& path) const;
    /// What an index stands for, stable over rebuild().
    QString key_of(const QModelIndex& index) const;
    QModelIndex index_of_key(const QString& key) const;
    /// The application that an index is in or is; empty: none.
    std::string application_at(const QModelIndex& index) const;

    QModelIndex index(int row, int column, const QModelIndex& parent = {}) const override;
    QModelIndex parent(const QModelIndex& index) const override;
    int rowCount(const QModelIndex& parent = {}) const override;
    int columnCount(const QModelIndex& = {}) const override { return 1; }
    QVariant data(const QModelIndex& index, int role) const override;

private:
    struct Item;
    struct State {
        bool broken = false;
        bool warned = false;
        project::Standing standing = project::Standing::same;
        bool unsaved = false;
        bool operator==(const State&) const = default;
    };
    const Item& item(const QModelIndex& index) const;
    QModelIndex index_of_item(const Item& item) const;
    Item& add(Item& parent, const QString& label, const QString& key);
    void add_project(const project::Resource& resource);
    void add_resource(Item& top, const project::Resource& resource);
    void refresh_all(bool tell);
    void refresh(Item& item, bool tell);
    State state_of(const Item& item) const;
    QString words(const Item& item) const;
    static QIcon picture(const Item& item);

    const project::Workspace* workspace_ = nullptr;
    const std::vector<project::Problem>* problems_ = nullptr;
    std::unordered_map<std::string_view, project::Severity> worst_; ///< by path, while refreshing
    std::unique_ptr<Item> root_;
    std::unordered_map<std::string, Item*> by_path_;
};

} // namespace tau::ui
