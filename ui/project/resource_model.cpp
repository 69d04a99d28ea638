#include "ui/project/resource_model.h"

#include "ui/common/icons.h"
#include "ui/common/text.h"

#include <algorithm>

namespace tau::ui {

using project::KindId;

struct ResourceModel::Item {
    Item* parent = nullptr;
    int row = 0;
    QString label;
    QString key; ///< unique among its siblings
    std::optional<project::Resource> resource;
    std::string application;
    KindId kind = KindId::project; ///< of the resource, or of those in the group
    State state;
    std::vector<std::unique_ptr<Item>> children;
};

ResourceModel::ResourceModel(QObject* parent)
    : QAbstractItemModel(parent), root_(std::make_unique<Item>()) {}

ResourceModel::~ResourceModel() = default;

void ResourceModel::show(const project::Workspace* workspace,
                         const std::vector<project::Problem>* problems) {
    workspace_ = workspace;
    problems_ = problems;
    rebuild();
}

ResourceModel::Item& ResourceModel::add(Item& parent, const QString& label, const QString& key) {
    auto made = std::make_unique<Item>();
    made->parent = &parent;
    made->row = static_cast<int>(parent.children.size());
    made->label = label;
    made->key = key;
    made->application = parent.application;
    parent.children.push_back(std::move(made));
    return *parent.children.back();
}

void ResourceModel::add_project(const project::Resource& resource) {
    Item& made = add(*root_, tr("Project"), QStringLiteral("config"));
    made.resource = resource;
    by_path_.emplace(resource.path(), &made);
}

/// Resources come in order, so that the group of the one before is the only one to look at.
void ResourceModel::add_resource(Item& top, const project::Resource& resource) {
    const project::Kind& kind = project::kind(resource.kind);
    const QString group = to_qt(kind.group);
    if (top.children.empty() || top.children.back()->key != group) {
        Item& made = add(top, to_qt(kind.plural), group);
        made.kind = resource.kind;
    }
    Item& made = add(*top.children.back(), to_qt(resource.name), to_qt(resource.name));
    made.resource = resource;
    made.kind = resource.kind;
    by_path_.emplace(resource.path(), &made);
}

void ResourceModel::rebuild() {
    beginResetModel();
    root_ = std::make_unique<Item>();
    by_path_.clear();
    if (workspace_ != nullptr) {
        if (workspace_->store().file("config.yaml") == nullptr) {
            add_project({});
        }
        std::unordered_map<std::string_view, Item*> applications;
        const auto application = [&](const std::string& name) -> Item& {
            Item*& found = applications[name];
            if (found == nullptr) {
                found = &add(*root_, to_qt(name), QStringLiteral("applications/") + to_qt(name));
                found->application = name;
                found->kind = KindId::application;
            }
            return *found;
        };
        for (const project::Resource& each : workspace_->store().resources()) {
            if (each.kind == KindId::project) {
                add_project(each);
            } else if (each.kind == KindId::application) {
                Item& made = application(each.name);
                made.resource = each;
                by_path_.emplace(each.path(), &made);
            } else {
                add_resource(each.application.empty() ? *root_ : application(each.application),
                             each);
            }
        }
        for (const std::string& name : workspace_->store().applications()) {
            Item& made = application(name);
            if (!made.resource) { // without its config.yaml it can be mended, renamed and deleted
                made.resource = project::Resource{KindId::application, name, name};
                by_path_.emplace(made.resource->path(), &made);
            }
        }
        refresh_all(false);
    }
    endResetModel();
}

void ResourceModel::refresh_states() {
    refresh_all(true);
}

void ResourceModel::refresh_all(bool tell) {
    worst_.clear();
    if (problems_ != nullptr) {
        for (const project::Problem& each : *problems_) {
            const auto [found, fresh] = worst_.emplace(each.path, each.severity);
            found->second = std::min(found->second, each.severity);
        }
    }
    refresh(*root_, tell);
    worst_.clear();
}

/// Parents tell whether anything below them is broken or changed: a closed branch hides nothing.
void ResourceModel::refresh(Item& item, bool tell) {
    State state = state_of(item);
    for (const auto& child : item.children) {
        refresh(*child, tell);
        state.broken = state.broken || child->state.broken;
        state.warned = state.warned || child->state.warned;
        state.unsaved = state.unsaved || child->state.unsaved;
        if (child->state.standing != project::Standing::same &&
            state.standing == project::Standing::same) {
            state.standing = project::Standing::changed;
        }
    }
    if (state == item.state) {
        return;
    }
    item.state = state;
    if (tell && item.parent != nullptr) {
        const QModelIndex index = index_of_item(item);
        Q_EMIT dataChanged(index, index);
    }
}

ResourceModel::State ResourceModel::state_of(const Item& item) const {
    State state;
    if (!item.resource) {
        return state;
    }
    const std::string path = item.resource->path();
    const project::File* file = workspace_->store().file(path);
    const auto worst = worst_.find(path);
    state.broken = file == nullptr || file->document() == nullptr ||
                   (worst != worst_.end() && worst->second == project::Severity::error);
    state.warned = worst != worst_.end() && worst->second == project::Severity::warning;
    state.standing = workspace_->standing(path);
    state.unsaved = workspace_->is_unsaved(path);
    return state;
}

QString ResourceModel::words(const Item& item) const {
    QStringList words{item.label};
    if (item.resource) {
        words << to_qt(project::kind(item.kind).label);
    }
    if (!item.children.empty()) {
        words << tr("%n in it", nullptr, static_cast<int>(item.children.size()));
    }
    if (item.resource && workspace_->store().file(item.resource->path()) == nullptr) {
        words << tr("without config.yaml");
    }
    if (item.state.broken) {
        words << tr("broken");
    } else if (item.state.warned) {
        words << tr("with warnings");
    }
    if (item.state.standing == project::Standing::added) {
        words << tr("added");
    } else if (item.state.standing == project::Standing::changed) {
        words << tr("changed");
    }
    if (item.state.unsaved) {
        words << tr("not saved");
    }
    return words.join(QStringLiteral(", "));
}

/// A triangle for what is broken, a dot for what changed; where both are so, both.
QIcon ResourceModel::picture(const Item& item) {
    const bool bad = item.state.broken || item.state.warned;
    const bool added = item.state.standing == project::Standing::added;
    const QString triangle = QStringLiteral("warning");
    const Tone tone = item.state.broken ? Tone::bad : Tone::warn;
    const QString mark = added ? QStringLiteral("plus") : QStringLiteral("changed");
    const Tone mark_tone = added ? Tone::good : Tone::accent;
    if (item.state.standing == project::Standing::same) {
        return bad ? icon(triangle, tone) : icon(to_qt(project::kind(item.kind).icon), Tone::muted);
    }
    return bad ? icon_with_mark(triangle, tone, mark, mark_tone) : icon(mark, mark_tone);
}

const project::Resource* ResourceModel::resource_at(const QModelIndex& index) const {
    if (!index.isValid()) {
        return nullptr;
    }
    const Item& found = item(index);
    return found.resource ? &*found.resource : nullptr;
}

QModelIndex ResourceModel::index_of(const std::string& path) const {
    const auto found = by_path_.find(path);
    return found == by_path_.end() ? QModelIndex() : index_of_item(*found->second);
}

QString ResourceModel::key_of(const QModelIndex& index) const {
    QStringList keys;
    for (QModelIndex each = index; each.isValid(); each = each.parent()) {
        keys.prepend(item(each).key);
    }
    return keys.join(QLatin1Char('\n'));
}

QModelIndex ResourceModel::index_of_key(const QString& key) const {
    const Item* at = root_.get();
    for (const QString& step : key.split(QLatin1Char('\n'))) {
        const auto found = std::find_if(at->children.begin(), at->children.end(),
                                        [&](const auto& child) { return child->key == step; });
        if (found == at->children.end()) {
            return {};
        }
        at = found->get();
    }
    return index_of_item(*at);
}

std::string ResourceModel::application_at(const QModelIndex& index) const {
    return index.isValid() ? item(index).application : std::string();
}

const ResourceModel::Item& ResourceModel::item(const QModelIndex& index) const {
    return index.isValid() ? *static_cast<const Item*>(index.internalPointer()) : *root_;
}

QModelIndex ResourceModel::index_of_item(const Item& item) const {
    return createIndex(item.row, 0, &item);
}

QModelIndex ResourceModel::index(int row, int column, const QModelIndex& parent) const {
    if (!hasIndex(row, column, parent)) {
        return {};
    }
    return createIndex(row, column, item(parent).children[static_cast<std::size_t>(row)].get());
}

QModelIndex ResourceModel::parent(const QModelIndex& index) const {
    const Item* above = index.isValid() ? item(index).parent : nullptr;
    return above == nullptr || above == root_.get() ? QModelIndex() : index_of_item(*above);
}

int ResourceModel::rowCount(const QModelIndex& parent) const {
    return static_cast<int>(item(parent).children.size());
}

QVariant ResourceModel::data(const QModelIndex& index, int role) const {
    if (!index.isValid()) {
        return {};
    }
    const Item& it = item(index);
    switch (role) {
    case Qt::DisplayRole:
        return it.resource || it.children.empty() || it.kind == KindId::application
                   ? it.label
                   : QString(it.label + QStringLiteral("  ") + QString::number(it.children.size()));
    case Qt::DecorationRole:
        return picture(it);
    case Qt::AccessibleTextRole:
    case Qt::ToolTipRole:
        return words(it);
    case path_role:
        return it.resource ? to_qt(it.resource->path()) : QString();
    case search_role:
        return it.resource ? to_qt(it.resource->path()) : it.label;
    default:
        return {};
    }
}

} // namespace tau::ui
